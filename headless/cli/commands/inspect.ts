import { resolve } from 'node:path'

import { exitCodeOf } from '../../../shared/model/exit-code.ts'
import type { CommandCall } from '../command-spec.ts'
import { isOn } from '../flag-spec.ts'
import type { Host } from '../host.ts'
import { inspectLines } from '../inspect-lines.ts'
import { paintLine } from '../terminal/line.ts'

/** @returns 0 when every input can be used, else the code of a run that would begin with the first other one. */
export async function run({ args, values }: CommandCall, host: Host): Promise<number> {
  const { output, cwd, t, paintOut, outSize } = host
  const inputs = args.map(input => placeOf(input, cwd))
  await using engine = await host.openEngine(values)
  const reports = await engine.client.call('input.inspect', { inputs })
  if (isOn(values, 'json')) {
    output.writeOut(`${JSON.stringify({ schema: 'interleave/inspect@1', inputs: reports })}\n`)
  } else {
    const lines = inspectLines(reports, { t, columns: outSize().columns })
    output.writeOut(`${lines.map(line => paintLine(line, paintOut)).join('\n')}\n`)
  }
  const failed = reports.find(({ failure }) => failure !== null)
  return failed?.failure ? exitCodeOf(failed.failure.code) : 0
}

/** A scheme of one letter is a Windows drive. */
const URL_START = /^[A-Za-z][A-Za-z0-9+.-]+:/

const placeOf = (input: string, cwd: string): string =>
  input === '-' || URL_START.test(input) ? input : resolve(cwd, input)
