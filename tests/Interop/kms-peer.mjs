// The JavaScript AWS SDK's KMS client, and the KMS keyring of the JavaScript Encryption SDK, behind a line protocol: one
// JSON request a line on standard input, one JSON answer a line on standard output. It knows nothing of our code.
//
//   {"op":"call","command":"DescribeKey","input":{...},"times":1, ...client}  -> {"output":{...}} or, with times, {"outputs":[...]}
//   {"op":"commands"}  -> {"commands":["CancelKeyDeletion",...]}
//   {"op":"encrypt","keyId":"arn","context":{...},"plaintext":"base64", ...client}  -> {"message":"base64"}
//   {"op":"decrypt","keyId":"arn","message":"base64", ...client}  -> {"plaintext":"base64","context":{...}}
//
// client: "endpoint", "region", "credentials" {"accessKeyId","secretAccessKey","sessionToken"}, "clockOffset" in ms.
// Bytes are base64 on both ways. An error is {"error":"Name: message"}.
import * as kms from '@aws-sdk/client-kms'
import { buildClient, CommitmentPolicy, getClient, KmsKeyringNode } from '@aws-crypto/client-node'
import { serve } from './line-protocol.mjs'

const sdk = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
const blobs = new Set(['Plaintext', 'CiphertextBlob'])

const settingsOf = (request) => ({
  endpoint: request.endpoint,
  region: request.region,
  credentials: request.credentials,
  // Without retries a refusal is seen as it was given.
  maxAttempts: 1,
  systemClockOffset: request.clockOffset ?? 0,
})

const keyringOf = (request) => new KmsKeyringNode({
  clientProvider: getClient(kms.KMS, { endpoint: request.endpoint, credentials: request.credentials }),
  generatorKeyId: request.keyId,
})

const inputOf = (input) => Object.fromEntries(Object.entries(input ?? {}).map(
  ([name, value]) => [name, blobs.has(name) ? Buffer.from(value, 'base64') : value]))

function outputOf(output) {
  const { $metadata, ...members } = output
  const plain = Object.fromEntries(Object.entries(members).map(
    ([name, value]) => [name, value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value]))
  return { ...plain, requestId: $metadata.requestId }
}

const operations = {
  async call(request) {
    const client = new kms.KMSClient(settingsOf(request))
    try {
      const send = async () => outputOf(await client.send(new kms[`${request.command}Command`](inputOf(request.input))))
      return request.times
        ? { outputs: await Promise.all(Array.from({ length: request.times }, send)) }
        : { output: await send() }
    } finally {
      client.destroy()
    }
  },
  async commands() {
    return { commands: Object.keys(kms).filter((name) => /^[A-Z].*[^$]Command$/.test(name)).map((name) => name.slice(0, -'Command'.length)) }
  },
  async encrypt(request) {
    const { result } = await sdk.encrypt(keyringOf(request), Buffer.from(request.plaintext, 'base64'), { encryptionContext: request.context })
    return { message: result.toString('base64') }
  },
  async decrypt(request) {
    const { plaintext, messageHeader } = await sdk.decrypt(keyringOf(request), Buffer.from(request.message, 'base64'))
    return { plaintext: plaintext.toString('base64'), context: messageHeader.encryptionContext }
  },
}

await serve(operations)
