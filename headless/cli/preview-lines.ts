import type { Translate } from '../../shared/locales/translate.ts'
import { printable } from '../../shared/model/error.ts'
import type { InputPreview, LoadPreview } from '../../shared/model/load-preview.ts'
import type { Host } from './host.ts'
import { span, paintLine, type Line } from './terminal/line.ts'

/** Shows what a load would do: it is what a dry run is asked for, so it goes to standard output. */
export function printPreview(preview: LoadPreview, host: Host): void {
  const lines = previewLines(preview, host.t)
  host.output.writeOut(`${lines.map(line => paintLine(line, host.paintOut)).join('\n')}\n`)
}

/** @returns What each input was recognised as, then the first commands, one a line. */
export function previewLines({ inputs, commands }: LoadPreview, t: Translate): Line[] {
  return [
    ...inputs.flatMap(input => inputLines(input, t)),
    [],
    [
      span(
        commands.length === 0 ? t('load.previewNone') : t('load.preview', { count: commands.length }),
        'dim',
      ),
    ],
    ...commands.map(commandLine),
  ]
}

function commandLine([name = '', ...args]: readonly string[]): Line {
  if (name === REFUSED) return [span(`  ${name} `, 'failed'), span(args.join(' '))]
  return [span(`  ${name}`, 'accent'), ...args.map(argument => span(` ${quoted(argument)}`))]
}

function inputLines({ input, format, encoding, evidence, header }: InputPreview, t: Translate): Line[] {
  const lines: Line[] = [
    [span(printable(input), 'strong'), span(`: ${format}, ${encoding}`)],
    [span(`  ${printable(evidence)}`, 'dim')],
  ]
  if (header === null) return lines
  const names = header.map(name => quoted(printable(name))).join(' ')
  return [...lines, [span(`  ${t('load.previewHeader')}: `, 'dim'), span(names)]]
}

/** What stands where the name of a command does, for a record that would be rejected. */
const REFUSED = 'refused'

/** Told apart as a shell and `redis-cli` would do it. */
const quoted = (argument: string): string =>
  /^[^\s"']+$/.test(argument) ? argument : `"${argument.replaceAll('"', '\\"')}"`
