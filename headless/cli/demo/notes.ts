import { bytes, milliseconds, percent, significant } from '../../../shared/locales/format.ts'
import type { Translate } from '../../../shared/locales/translate.ts'
import type { JobKind } from '../../../shared/model/job.ts'
import type { Model } from '../../../shared/model/fields/parallelism.ts'
import { digestsAgree, speedUpOf, type Measurement } from './measurement.ts'

/** A difference between two short runs that is not above this may be chance. */
const CHANCE_RATIO = 0.15
/** Part of what the CPUs allow that counts as having got it. */
const MOST = 0.75

/** @returns What these measurements show, each sentence with its numbers; nothing that was not measured. */
export function demoNotes(all: readonly Measurement[], cpus: number, t: Translate): string[] {
  return [...crawlNotes(all, t), ...cpuNotes(all, cpus, t), ...loadNotes(all, t), ...caveats(all, t)]
}

const times = (ratio: number): string => `${significant(ratio)}×`

const find = (all: readonly Measurement[], kind: JobKind, model: Model): Measurement | undefined =>
  all.find(({ step }) => step.kind === kind && step.model === model)

function crawlNotes(all: readonly Measurement[], t: Translate): string[] {
  const loop = find(all, 'crawl', 'loop')
  if (loop === undefined || loop.throughputPerSec === 0) return []
  const notes: string[] = []
  const speedUp = speedUpOf(loop, all)
  if (speedUp !== null) {
    notes.push(
      t('demo.noteLoop', {
        ratio: times(speedUp),
        inFlight: loop.parallelism.total,
        waiting: percent(loop.waitingRatio),
      }),
    )
  }
  const verdicts = (['threads', 'processes', 'hybrid'] as const).flatMap(model => {
    const throughputPerSec = find(all, 'crawl', model)?.throughputPerSec ?? 0
    return throughputPerSec === 0 ? [] : verdict(model, throughputPerSec / loop.throughputPerSec, t)
  })
  if (verdicts.length === 0) return notes
  const values = { verdicts: verdicts.join(t('demo.verdictSeparator')), busy: percent(loop.loopBusyRatio) }
  return [...notes, t('demo.noteCrawl', values)]
}

function verdict(model: Model, ratio: number, t: Translate): string {
  const values = { model, ratio: times(ratio) }
  if (ratio > 1 + CHANCE_RATIO) return t('demo.verdictHelped', values)
  return ratio < 1 - CHANCE_RATIO ? t('demo.verdictCost', values) : t('demo.verdictSame', values)
}

function cpuNotes(all: readonly Measurement[], cpus: number, t: Translate): string[] {
  const notes = (['threads', 'processes'] as const).flatMap(model => {
    const measured = find(all, 'cpu', model)
    const ratio = measured === undefined ? null : speedUpOf(measured, all)
    if (measured === undefined || ratio === null || ratio === 0) return []
    const values = { model, ratio: times(ratio), workers: measured.parallelism.total, cpus }
    const ceiling = Math.min(measured.parallelism.total, cpus)
    return [ratio >= MOST * ceiling ? t('demo.noteCpu', values) : t('demo.noteCpuLess', values)]
  })
  const agree = digestsAgree(all)
  if (agree === null) return notes
  const digest = all.find(({ digest: found }) => found !== null)?.digest ?? ''
  return [...notes, agree ? t('demo.noteDigest', { digest }) : t('demo.noteDigestWrong')]
}

function loadNotes(all: readonly Measurement[], t: Translate): string[] {
  const measured = all.find(({ load }) => load !== null)
  if (measured === undefined || measured.load === null || measured.throughputPerSec === 0) return []
  const { settled, spanMs, load } = measured
  const rate = `${bytes((load.inputBytes * 1_000) / spanMs)}/s`
  if (load.isExact === false) return [t('demo.noteLoadWrong')]
  // What was stopped has not read all of its input.
  return load.isExact === null
    ? []
    : [t('demo.noteLoad', { count: settled, elapsed: milliseconds(spanMs), rate })]
}

function caveats(all: readonly Measurement[], t: Translate): string[] {
  const notes: string[] = []
  const crawls = all.filter(({ step, isWhole }) => step.kind === 'crawl' && !step.isSample && isWhole)
  const failed = new Set(crawls.map(each => each.failed))
  if (crawls.length > 1 && failed.size === 1 && !failed.has(0)) {
    notes.push(t('demo.noteFailed', { count: crawls[0]!.failed, pages: crawls[0]!.settled }))
  }
  const sample = all.find(({ step }) => step.isSample)
  if (sample !== undefined) notes.push(t('demo.noteSample', { count: sample.settled }))
  if (all.some(({ isWhole }) => !isWhole)) notes.push(t('demo.noteStopped'))
  notes.push(t('demo.noteShared'))
  return notes
}
