import type { Translate } from '../../shared/locales/translate.ts'
import { EXIT } from '../../shared/model/exit-code.ts'
import type { EntryResolver } from '../host/entry-path.ts'
import { COMMANDS } from './commands.ts'
import { refusalDocument, refusalOf } from './failure-report.ts'
import { makeHost, type Host } from './host.ts'
import { loadTranslate, localeFrom } from './locale.ts'
import { Output } from './output.ts'
import { parseCommandLine, type Parsed } from './program.ts'
import { reasonOf } from './system-error.ts'
import { paintLine } from './terminal/line.ts'

export interface Invocation {
  /** What follows the program's name. */
  readonly argv: readonly string[]
  readonly version: string
  readonly entries: EntryResolver
}

/** Does what the command line says, in this process, and ends it with the command's exit code. */
export async function runCommandLine(invocation: Invocation): Promise<never> {
  const output = new Output({ out: process.stdout, err: process.stderr })
  const t = await loadTranslate(localeFrom(process.env))
  let code: number
  try {
    code = await dispatch(invocation, output, t)
  } catch (error) {
    code = await report(error, invocation.argv, output, t)
  }
  await output.flush()
  if (output.outProblem !== null) {
    output.writeErr(`interleave: ${t('usage.outFull', { reason: reasonOf(output.outProblem) })}\n`)
    await output.flush()
    if (code === EXIT.done) code = EXIT.unable
  }
  // Whatever still lingers (a reader of standard input) must not keep the shell waiting.
  process.exit(code)
}

async function dispatch(invocation: Invocation, output: Output, t: Translate): Promise<number> {
  const parsed = parseCommandLine(invocation.argv, COMMANDS)
  if (parsed.type === 'version') {
    output.writeOut(`${invocation.version}\n`)
    return EXIT.done
  }
  const host = makeHost({
    output,
    t,
    entries: invocation.entries,
    values: parsed.type === 'run' ? parsed.call.values : {},
  })
  if (parsed.type === 'help') return await showHelp(parsed, host)
  const command = await parsed.spec.load!()
  return await command.run(parsed.call, host)
}

async function showHelp({ spec, path }: Extract<Parsed, { type: 'help' }>, host: Host): Promise<number> {
  const { commandLines, overviewLines } = await import('./help.ts')
  const { columns } = host.outSize()
  const lines =
    spec === null ? overviewLines(COMMANDS, columns, host.t) : commandLines(spec, path, columns, host.t)
  host.output.writeOut(
    `${lines
      .map(line => paintLine(line, host.paintOut))
      .join('\n')
      .trimEnd()}\n`,
  )
  return EXIT.done
}

/** One sentence and what to do on standard error; on standard output the document that was promised. */
async function report(
  error: unknown,
  argv: readonly string[],
  output: Output,
  t: Translate,
): Promise<number> {
  const refusal = refusalOf(error)
  output.writeErr(`interleave: ${refusal.say(t)}\n`)
  if (process.env['INTERLEAVE_DEBUG'] === '1' && error instanceof Error) {
    output.writeErr(`${error.stack ?? error.message}\n`)
  }
  const document = refusalDocument(argv, refusal, await loadTranslate('en'))
  if (document !== null) output.writeOut(`${JSON.stringify(document)}\n`)
  return refusal.exitCode
}
