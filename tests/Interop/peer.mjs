// The JavaScript AWS Encryption SDK behind a line protocol: one JSON request a line on standard input, one JSON answer
// a line on standard output. Our tests and benchmarks start it and talk to it; it knows nothing of our code.
//
//   {"op":"encrypt","suite":1400,"frameLength":4096,"context":{...},"key":{...},"plaintext":"base64"}  -> {"message":"base64"}
//   {"op":"decrypt","key":{...},"message":"base64"}  -> {"plaintext":"base64","context":{...},"suite":1400}
//   {"op":"bench-encrypt" | "bench-decrypt", ..., "seconds":1}  -> {"perSecond":number}
//
// key: {"type":"aes","namespace":"n","name":"k","bytes":"base64"} or {"type":"rsa","namespace":"n","name":"k","pem":"..."}
import { constants } from 'node:crypto'
import {
  buildClient,
  CommitmentPolicy,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
  RawRsaKeyringNode,
} from '@aws-crypto/client-node'
import { serve } from './line-protocol.mjs'

const committing = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
const legacy = buildClient(CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT)
const isCommitting = (suite) => suite === 0x0478 || suite === 0x0578

function keyringOf(key) {
  const common = { keyNamespace: key.namespace, keyName: key.name }
  if (key.type === 'rsa') {
    return new RawRsaKeyringNode({
      ...common,
      rsaKey: { privateKey: key.pem, publicKey: key.publicPem },
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha256',
    })
  }
  // The keyring insists on an isolated buffer: a slice of node's shared pool is refused.
  const bytes = Buffer.from(key.bytes, 'base64')
  const unencryptedMasterKey = new Uint8Array(new ArrayBuffer(bytes.length))
  unencryptedMasterKey.set(bytes)
  return new RawAesKeyringNode({
    ...common,
    unencryptedMasterKey,
    // Without it this SDK sorts the context by locale, not by UTF-8 bytes as the specification says (its issue 428).
    utf8Sorting: true,
    wrappingSuite: RawAesWrappingSuiteIdentifier[`AES${bytes.length * 8}_GCM_IV12_TAG16_NO_PADDING`],
  })
}

function encryptor(request) {
  const keyring = keyringOf(request.key)
  const plaintext = Buffer.from(request.plaintext, 'base64')
  const client = isCommitting(request.suite) ? committing : legacy
  const options = { suiteId: request.suite, frameLength: request.frameLength, encryptionContext: request.context }
  return async () => (await client.encrypt(keyring, plaintext, options)).result
}

function decryptor(request) {
  const keyring = keyringOf(request.key)
  const message = Buffer.from(request.message, 'base64')
  const client = request.allowNonCommitting ? legacy : committing
  return async () => client.decrypt(keyring, message)
}

async function perSecond(operation, seconds) {
  for (let i = 0; i < 20; i++) await operation()
  const start = process.hrtime.bigint()
  const end = start + BigInt(Math.round(seconds * 1e9))
  let count = 0
  let now = start
  while (now < end) {
    await operation()
    count++
    now = process.hrtime.bigint()
  }
  return count / (Number(now - start) / 1e9)
}

const operations = {
  async encrypt(request) {
    return { message: (await encryptor(request)()).toString('base64') }
  },
  async decrypt(request) {
    const { plaintext, messageHeader } = await decryptor(request)()
    return {
      plaintext: plaintext.toString('base64'),
      context: messageHeader.encryptionContext,
      suite: messageHeader.suiteId,
    }
  },
  async 'bench-encrypt'(request) {
    return { perSecond: await perSecond(encryptor(request), request.seconds) }
  },
  async 'bench-decrypt'(request) {
    return { perSecond: await perSecond(decryptor(request), request.seconds) }
  },
}

await serve(operations, (error) => String(error?.message ?? error))
