// @cloud-copilot/iam-simulate behind the same line protocol as peer.mjs: one JSON request a line on standard input, one
// JSON answer a line on standard output. It is a program of its own under its own licence (AGPL-3.0), for tests only.
//
//   {"op":"decide","simulations":[...]}                    -> {"results":["Allowed" | "ImplicitlyDenied" | "ExplicitlyDenied" | "error: ..."]}
//   {"op":"decide-public","simulation":{...}}              -> {"result":"...","ignored":["context keys it dropped"]}
//   {"op":"bench","simulations":[...],"seconds":1}         -> {"perSecond":[number]}
//
// simulation: {"principal":"arn","action":"kms:Decrypt","resource":"arn","account":"111122223333","context":{"key":"value" or ["values"]},
//              "keyPolicy":{...},"identityPolicies":[{...}]}
//
// "decide" goes by runUnsafeSimulation, which takes the context as it is. The public runSimulation first drops every context
// key that is not literally in its table of the service's keys, but for names with a slash such as tags; so that
// kms:EncryptionContext:... is always dropped, no condition on the encryption context ever matches there, and its answers to
// such policies are denials for the wrong reason. "decide-public" is there to show that.
import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'
import { serve } from './line-protocol.mjs'

// Marked as validated because it is only then that runUnsafeSimulation takes the name of a resource policy, without which
// it fails.
const keyPolicyOf = (policyDocument) => ({ __validated: true, policyDocument, metadata: { name: 'key' }, errors: [] })

const simulationOf = (request) => ({
  request: {
    principal: request.principal,
    action: request.action,
    resource: { resource: request.resource, accountId: request.account },
    contextVariables: request.context,
  },
  identityPolicies: request.identityPolicies.map((policy, index) => ({ name: `identity${index}`, policy })),
  resourcePolicy: keyPolicyOf(request.keyPolicy),
  serviceControlPolicies: [],
  resourceControlPolicies: [],
})

function decide(simulation) {
  try {
    return runUnsafeSimulation(simulation, { simulationMode: 'Strict' })
  } catch (error) {
    return `error: ${error.message}`
  }
}

function perSecond(simulation, seconds) {
  for (let i = 0; i < 2000; i++) decide(simulation)
  const start = process.hrtime.bigint()
  const end = start + BigInt(Math.round(seconds * 1e9))
  let count = 0
  let now = start
  while (now < end) {
    for (let i = 0; i < 50; i++) decide(simulation)
    count += 50
    now = process.hrtime.bigint()
  }
  return count / (Number(now - start) / 1e9)
}

const operations = {
  decide: (request) => ({ results: request.simulations.map((one) => decide(simulationOf(one))) }),
  async 'decide-public'(request) {
    const answer = await runSimulation(simulationOf(request.simulation), { simulationMode: 'Strict' })
    return answer.resultType === 'error'
      ? { error: JSON.stringify(answer.errors) }
      : { result: answer.overallResult, ignored: answer.result.ignoredContextKeys }
  },
  bench: (request) => ({ perSecond: request.simulations.map((one) => perSecond(simulationOf(one), request.seconds)) }),
}

await serve(operations, (error) => String(error?.message ?? error))
