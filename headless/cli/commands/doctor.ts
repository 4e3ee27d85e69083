import { bytes, significant } from '../../../shared/locales/format.ts'
import type { Translate } from '../../../shared/locales/translate.ts'
import type { HostReport } from '../../../shared/model/host-report.ts'
import type { CommandCall } from '../command-spec.ts'
import { isOn } from '../flag-spec.ts'
import type { Host } from '../host.ts'
import type { Glyphs } from '../terminal/bars.ts'
import { paintLine, span, type Line, type Span } from '../terminal/line.ts'
import { padEnd, widthOf, wrap } from '../terminal/width.ts'

export async function run({ values }: CommandCall, host: Host): Promise<number> {
  await using engine = await host.openEngine(values)
  const report = await engine.client.call('host.inspect', {})
  const { output, outSize, paintOut, t, glyphs } = host
  if (isOn(values, 'json')) {
    output.writeOut(`${JSON.stringify({ schema: 'interleave/doctor@1', ...report })}\n`)
    return 0
  }
  const lines = reportLines(report, { columns: outSize().columns, t, glyphs })
  output.writeOut(`${lines.map(line => paintLine(line, paintOut)).join('\n')}\n`)
  return 0
}

interface Style {
  readonly columns: number
  readonly t: Translate
  readonly glyphs: Glyphs
}

/** `ok`: can be used. `absent`: optional and not there. `poor`: works, with a drawback that a sentence below names. */
type Verdict = 'ok' | 'absent' | 'poor'

interface Finding {
  readonly label: string
  readonly verdict: Verdict
  readonly text: string
  readonly detail?: string
}

/** @returns A line for each thing that was looked at, then a sentence for each drawback. */
export function reportLines(report: HostReport, style: Style): Line[] {
  const { columns, t, glyphs } = style
  const findings = [...machineFindings(report, t), ...softwareFindings(report, t)]
  const labelColumns = Math.max(...findings.map(({ label }) => widthOf(label))) + 2
  const textColumns = Math.max(20, columns - labelColumns - 4)
  const lines = findings.flatMap(({ label, verdict, text, detail }): Line[] => {
    const [first = '', ...rest] = wrap(detail === undefined ? text : `${text} (${detail})`, textColumns)
    const head: Line = [mark(verdict, glyphs), span(padEnd(label, labelColumns), 'dim'), span(first)]
    const indent = ' '.repeat(labelColumns + 4)
    return [head, ...rest.map((line): Line => [span(indent + line)])]
  })
  const sentences = [...drawbacks(report, t), ...report.notices].flatMap(sentence =>
    wrap(`! ${sentence}`, columns - 2).map((line): Line => [span(`  ${line}`, 'attention')]),
  )
  const title: Line = [span(t('doctor.title'), 'strong')]
  return [title, [], ...lines, ...(sentences.length > 0 ? [[], ...sentences] : [])]
}

function mark(verdict: Verdict, glyphs: Glyphs): Span {
  if (verdict === 'ok') return span(`  ${glyphs.ok} `, 'ok')
  return verdict === 'absent' ? span('  - ', 'dim') : span('  ! ', 'attention')
}

function machineFindings(report: HostReport, t: Translate): Finding[] {
  const { cpu, memory, descriptorLimit, dataDir } = report
  const quota = t('doctor.cpuQuota', { quota: quotaText(report), logical: cpu.logicalCpus })
  const source = cpu.quotaSource === 'os' ? '' : `, ${t('doctor.cpuSource', { source: cpu.quotaSource })}`
  const total = bytes(memory.totalBytes)
  return [
    { label: t('doctor.platform'), verdict: 'ok', text: report.platform },
    {
      label: t('doctor.cpu'),
      verdict: cpu.quotaCpus < 1 ? 'poor' : 'ok',
      text: quota + source,
      detail: cpu.model,
    },
    {
      label: t('doctor.memory'),
      verdict: isMemorySmall(report) ? 'poor' : 'ok',
      text:
        memory.limitBytes === null
          ? total
          : t('doctor.memoryLimit', { limit: bytes(memory.limitBytes), total }),
    },
    {
      label: t('doctor.descriptors'),
      verdict: areDescriptorsFew(report) ? 'poor' : 'ok',
      text: descriptorLimit === null ? t('doctor.unlimited') : String(descriptorLimit),
    },
    {
      label: t('doctor.dataDir'),
      verdict: isDiskLow(report) ? 'poor' : 'ok',
      text: dataDir.path,
      ...(dataDir.freeBytes === null ? {} : { detail: t('doctor.free', { size: bytes(dataDir.freeBytes) }) }),
    },
  ]
}

function softwareFindings(report: HostReport, t: Translate): Finding[] {
  const { node, sqlite, undici, brotli, electron, redis, interpreters } = report
  const optional = (label: string, found: string | null, absence: string): Finding =>
    found === null ? { label, verdict: 'absent', text: absence } : { label, verdict: 'ok', text: found }
  const pythons = interpreters.map(
    ({ version, hasGil, path }) =>
      `${version} ${path}, ${hasGil ? t('doctor.withGil') : t('doctor.withoutGil')}`,
  )
  return [
    { label: t('doctor.node'), verdict: 'ok', text: node.version, detail: `V8 ${node.v8}` },
    { label: t('doctor.sqlite'), verdict: sqlite.isSafe ? 'ok' : 'poor', text: sqlite.version },
    { label: t('doctor.undici'), verdict: 'ok', text: `undici ${undici.version}` },
    brotli.isOffered
      ? { label: t('doctor.brotli'), verdict: 'ok', text: t('doctor.brotliOn') }
      : { label: t('doctor.brotli'), verdict: 'absent', text: t('doctor.brotliOff') },
    optional(
      t('doctor.electron'),
      electron === null ? null : `${electron.version} ${electron.path}`,
      t('doctor.electronNone'),
    ),
    optional(
      t('doctor.redis'),
      redis === null ? null : `${redis.version} ${redis.where}`,
      t('doctor.redisNone'),
    ),
    ...(pythons.length === 0
      ? [optional(t('doctor.python'), null, t('doctor.pythonNone'))]
      : pythons.map((text, at) => optional(at === 0 ? t('doctor.python') : '', text, ''))),
  ]
}

const SMALL_MEMORY_BYTES = 768 * 2 ** 20
const FEW_DESCRIPTORS = 1_024
const LOW_DISK_BYTES = 2 ** 30

const quotaText = ({ cpu }: HostReport): string =>
  Number.isInteger(cpu.quotaCpus) ? String(cpu.quotaCpus) : significant(cpu.quotaCpus)
const isMemorySmall = ({ memory }: HostReport): boolean =>
  (memory.limitBytes ?? memory.totalBytes) < SMALL_MEMORY_BYTES
const areDescriptorsFew = ({ descriptorLimit }: HostReport): boolean =>
  descriptorLimit !== null && descriptorLimit < FEW_DESCRIPTORS
const isDiskLow = ({ dataDir }: HostReport): boolean =>
  dataDir.freeBytes !== null && dataDir.freeBytes < LOW_DISK_BYTES

function drawbacks(report: HostReport, t: Translate): string[] {
  const { cpu, descriptorLimit, sqlite } = report
  const sentences: string[] = []
  if (cpu.quotaCpus < 1) sentences.push(t('doctor.quotaBelowOne'))
  else if (cpu.quotaCpus < cpu.logicalCpus) {
    const quota = String(Math.ceil(cpu.quotaCpus))
    sentences.push(t('doctor.quotaBelowCpus', { quota, logical: cpu.logicalCpus }))
  }
  if (isMemorySmall(report)) sentences.push(t('doctor.smallMemory'))
  if (areDescriptorsFew(report)) {
    const count = descriptorLimit ?? 0
    // Some descriptors are taken by files, pipes and the event loop itself.
    sentences.push(t('doctor.fewDescriptors', { count, inFlight: Math.max(1, count - 64) }))
  }
  if (!sqlite.isSafe) sentences.push(t('doctor.sqliteUnsafe'))
  if (isDiskLow(report)) sentences.push(t('doctor.diskLow'))
  return sentences
}
