// How the peers are asked: one JSON request a line on standard input, whose "op" names an operation, and one JSON answer a line
// on standard output. What goes wrong is an answer, too: {"error":"..."}.
import { createInterface } from 'node:readline'

/** Answers until standard input ends; an error is told as its name and message, or as the caller has it. */
export async function serve(operations, describe = (error) => `${error?.name}: ${error?.message ?? error}`) {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line)
    let answer
    try {
      answer = await operations[request.op](request)
    } catch (error) {
      answer = { error: describe(error) }
    }
    process.stdout.write(JSON.stringify(answer) + '\n')
  }
}
