// A headless Chromium behind a line protocol: one JSON request a line on standard input, one JSON answer a line on standard
// output. It knows nothing of our code. It has a profile of its own, new each time, and reaches no network.
//
//   {"op":"open","path":"/a/page.html","width":1280,"height":900,"scheme":"light"}  -> {}   a file, in a new window
//   {"op":"evaluate","script":"document.title"}  -> {"value":...}
//   {"op":"click","selector":"#theme"}, {"op":"fill","selector":"#text","text":"a"}, {"op":"press","key":"Enter"},
//   {"op":"select","selector":"select","value":"1"}, {"op":"emulate","media":"print","scheme":"dark"},
//   {"op":"resize","width":390,"height":844}  -> {}
//   {"op":"screenshot","path":"/a/page.png"}, {"op":"pdf","path":"/a/page.pdf"}  -> {}
//   {"op":"heard"}  -> {"heard":["console error: ..."]}   what a page that is as it should be never says or does
//
// An error is {"error":"Name: message"}.
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { serve } from './line-protocol.mjs'

const options = {
  executablePath: process.env.IB_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND',
  ],
}

let browser
let page
let heard = []

async function open({ path, width, height, scheme }) {
  browser ??= await chromium.launch(options)
  await page?.context().close()
  heard = []
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme })
  await context.exposeFunction('tellViolation', (text) => { heard.push(`policy violation: ${text}`) })
  await context.addInitScript(() => document.addEventListener(
    'securitypolicyviolation', (event) => window.tellViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`)))
  page = await context.newPage()
  const url = pathToFileURL(path).href
  page.on('console', (message) => heard.push(`console ${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => heard.push(`error: ${error}`))
  page.on('dialog', (dialog) => {
    heard.push(`dialog: ${dialog.message()}`)
    dialog.dismiss()
  })
  context.on('request', (request) => request.url() === url || heard.push(`request: ${request.url()}`))
  context.on('requestfailed', (request) => heard.push(`not sent: ${request.url()} ${request.failure().errorText}`))
  context.on('page', (other) => heard.push(`window: ${other.url()}`))
  await page.goto(url, { waitUntil: 'load' })
}

const operations = {
  async open(request) {
    await open(request)
    return {}
  },
  async evaluate(request) {
    return { value: await page.evaluate(request.script) ?? null }
  },
  async click(request) {
    await page.click(request.selector)
    return {}
  },
  async fill(request) {
    await page.fill(request.selector, request.text)
    return {}
  },
  async press(request) {
    await page.keyboard.press(request.key)
    return {}
  },
  async select(request) {
    await page.selectOption(request.selector, request.value)
    return {}
  },
  async emulate(request) {
    await page.emulateMedia({ media: request.media, colorScheme: request.scheme })
    return {}
  },
  async resize(request) {
    await page.setViewportSize({ width: request.width, height: request.height })
    return {}
  },
  async screenshot(request) {
    await page.screenshot({ path: request.path, animations: 'disabled' })
    return {}
  },
  async pdf(request) {
    await page.pdf({ path: request.path, format: 'A4', preferCSSPageSize: true })
    return {}
  },
  async heard() {
    // What the page has begun shows by its next frame; without this, a page that misbehaves late would pass for a quiet one.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))
    return { heard }
  },
}

await serve(operations)

await browser?.close()
