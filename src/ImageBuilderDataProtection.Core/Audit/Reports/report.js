// The page's script: the light or dark switch, and sorting, filtering and opening the rows of the table. It makes no
// markup: rows are moved and hidden, and texts are set as texts.
'use strict'

// At once: the table is not shown before all of it is there, for a browser would lay out its first rows again and again.
document.documentElement.classList.add('scripted')

document.addEventListener('DOMContentLoaded', () => {
  const root = document.documentElement
  root.classList.add('ready')
  const theme = document.getElementById('theme')
  const prefersDark = window.matchMedia('(prefers-color-scheme: dark)')
  const isDark = () => (root.dataset.theme ?? (prefersDark.matches ? 'dark' : 'light')) === 'dark'
  const nameTheme = () => { theme.textContent = isDark() ? 'Light theme' : 'Dark theme' }
  theme.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark'
    nameTheme()
  })
  prefersDark.addEventListener('change', nameTheme)
  nameTheme()

  const table = document.getElementById('table')
  if (table === null) {
    return
  }

  // An event is a body of two rows: the first is for all, the second has the details.
  const events = Array.from(table.tBodies, (body, place) => ({ body, place }))
  const cellText = (event, column) => event.body.rows[0].cells[column].textContent.trim()
  // What is searched is the values, not the names beside them.
  const everyText = (event) => (event.text ??= Array.from(
    event.body.querySelectorAll('bdi, time, small, dd, [data-label="Result"]'), (value) => value.textContent).join('\n').toLowerCase())

  const inOrder = new Intl.Collator('en', { numeric: true, sensitivity: 'variant' })
  const headings = Array.from(table.tHead.rows[0].cells)

  const sort = (column) => {
    const heading = headings[column]
    const isDescending = heading.getAttribute('aria-sort') === 'ascending'
    for (const other of headings) {
      other.removeAttribute('aria-sort')
    }

    heading.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending')
    const keys = new Map(events.map((event) => [event, cellText(event, column)]))
    const direction = isDescending ? -1 : 1
    events.sort((one, other) => direction * inOrder.compare(keys.get(one), keys.get(other)) || one.place - other.place)
    table.append(...events.map((event) => event.body))
  }

  headings.forEach((heading, column) => heading.querySelector('button')?.addEventListener('click', () => sort(column)))

  table.addEventListener('click', (click) => {
    const button = click.target.closest('td.more button')
    if (button !== null) {
      const isOpen = button.closest('tbody').classList.toggle('is-open')
      button.setAttribute('aria-expanded', String(isOpen))
    }
  })

  const text = document.getElementById('text')
  const operation = document.getElementById('operation')
  const onlyDenied = document.getElementById('only-denied')
  const shown = document.getElementById('shown')
  const none = document.getElementById('none')
  const number = new Intl.NumberFormat('en')

  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/u).filter((word) => word !== '')
    let count = 0
    for (const event of events) {
      const { operation: itsOperation, result } = event.body.dataset
      const isHidden = [
        onlyDenied.checked ? result !== 'denied' : false,
        operation.value !== '' ? itsOperation !== operation.value : false,
      ].includes(true) || words.some((word) => !everyText(event).includes(word))
      event.body.hidden = isHidden
      count += isHidden ? 0 : 1
    }

    shown.textContent = `${number.format(count)} of ${number.format(events.length)} shown`
    none.hidden = count > 0
  }

  let waiting = 0
  text.addEventListener('input', () => {
    window.clearTimeout(waiting)
    waiting = window.setTimeout(filter, 120)
  })
  operation.addEventListener('change', filter)
  onlyDenied.addEventListener('change', filter)

  // A browser keeps what was typed when a page is loaded again.
  filter()
})
