// Makes the small set of messages that the unit tests open on machines without node:
//   node make-vectors.mjs ../ImageBuilderDataProtection.Core.Tests/Data/messages/javascript
// The keys are for these messages only. Every run makes other messages (data keys and signing keys are random).
import { mkdirSync, writeFileSync } from 'node:fs'
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const folder = process.argv[2]
mkdirSync(folder, { recursive: true })

const peer = spawn(process.execPath, [fileURLToPath(new URL('./peer.mjs', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]()
async function ask(request) {
  peer.stdin.write(JSON.stringify(request) + '\n')
  const answer = JSON.parse((await answers.next()).value)
  if (answer.error) throw new Error(answer.error)
  return answer
}

const rsa = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const keys = {
  aes256: { type: 'aes', namespace: 'tests', name: 'aes-256', bytes: Buffer.alloc(32, 0xa5).toString('base64') },
  aes192: { type: 'aes', namespace: 'tests', name: 'aes-192', bytes: Buffer.alloc(24, 0xa4).toString('base64') },
  aes128: { type: 'aes', namespace: 'tests', name: 'aes-128', bytes: Buffer.alloc(16, 0xa3).toString('base64') },
  rsa: { type: 'rsa', namespace: 'tests', name: 'rsa-2048', pem: rsa.privateKey, publicPem: rsa.publicKey },
}
const workflow = {
  'aws:imagebuilder:arn':
    'arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*',
}
const contexts = {
  workflow,
  empty: {},
  unicode: { ...workflow, 'équipe': 'plataforma ñ', '鍵': '値', '\u{1F600}': 'after U+FF5E', '\uFF5E': 'before U+1F600' },
}
const suites = [0x0014, 0x0046, 0x0078, 0x0114, 0x0146, 0x0178, 0x0214, 0x0346, 0x0378, 0x0478, 0x0578]
const cases = [
  ...suites.map((suite) => ({ suite, key: 'aes256', context: 'workflow', length: 1000, frameLength: 256 })),
  { suite: 0x0578, key: 'aes192', context: 'unicode', length: 4096, frameLength: 4096 },
  { suite: 0x0478, key: 'aes128', context: 'empty', length: 0, frameLength: 4096 },
  { suite: 0x0578, key: 'rsa', context: 'unicode', length: 513, frameLength: 512 },
  { suite: 0x0378, key: 'rsa', context: 'empty', length: 1, frameLength: 1 },
]

const vectors = []
for (const { suite, key, context, length, frameLength } of cases) {
  const name = `${suite.toString(16).padStart(4, '0')}-${key}-${context}-${length}`
  const plaintext = Buffer.from(Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff))
  const { message } = await ask({
    op: 'encrypt', suite, frameLength, context: contexts[context], key: keys[key], plaintext: plaintext.toString('base64'),
  })
  writeFileSync(join(folder, `${name}.msg`), Buffer.from(message, 'base64'))
  vectors.push({ name, suite, key, context: contexts[context], length })
}
writeFileSync(join(folder, 'vectors.json'), JSON.stringify({ keys, vectors }, null, 2) + '\n')
peer.stdin.end()
