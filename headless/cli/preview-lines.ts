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
    ...commands.map(([name = '', ...args]): Line => [
      span(`  ${name}`, 'accent'),
      ...args.map(argument => span(` ${quoted(argument)}`)),
    ]),
  ]
}

function inputLines(
  { input, format, encoding, packing, evidence, header }: InputPreview,
  t: Translate,
): Line[] {
  const facts = [format, encoding, ...(packing === null ? [] : [packing])].join(', ')
  return [
    [span(printable(input), 'strong'), span(`: ${facts}`)],
    ...evidence.map((text): Line => [span(`  ${text}`, 'dim')]),
    ...(header === null
      ? []
      : [
          [span(`  ${t('load.previewHeader')}: `, 'dim'), span(header.map(quoted).join(', '))] satisfies Line,
        ]),
  ]
}

/** As a shell and `redis-cli` would take it; nothing in it can rewrite the terminal. */
const quoted = (argument: string): string =>
  /^[\w.:@/+=,-]+$/.test(argument) ? printable(argument) : printable(JSON.stringify(argument))
