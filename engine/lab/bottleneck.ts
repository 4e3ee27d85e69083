import type { BottleneckName } from '../../shared/model/comparison.ts'
import { SATURATED, type BottleneckEvidence, type ReasonKey } from './bottleneck-evidence.ts'
import { cpuBoundOf, type CpuBound } from './cpu-bound.ts'
import { meansOf, type Means } from './evidence-means.ts'

export interface Bottleneck {
  readonly name: BottleneckName
  /** How much of it is used up, or of the time goes there: the first of the reasons. */
  readonly share: number
  /** The strongest first. */
  readonly reasons: readonly { readonly key: ReasonKey; readonly value: number }[]
  readonly cpuBound: CpuBound
}

/** A dispenser of slots uses up its rate, less the slots that come too late. */
const RATE_USED = 0.9
/** Beyond, tasks are held up by the number of lanes; the rate, or whatever feeds them, cannot be what holds them up first. */
const OCCUPIED = 0.9
/** The larger part of time, or of lanes. */
const MOST = 0.5

/**
 * Names what more of which would make the run faster, by the utilisation law: of the resources that a task needs, the one
 * whose use is next to 1 sets the pace. What a saturated resource does to others is known (a busy loop makes each
 * server look slow, CPUs that are all busy make each loop look busy), so causes are asked for before effects:
 * the rate, the CPUs, the loops, what keeps lanes empty, and only then what the tasks in lanes wait for. Pure.
 */
export function bottleneckOf(evidence: BottleneckEvidence): Bottleneck {
  const means = meansOf(evidence)
  const cpuBound = cpuBoundOf(evidence)
  const found = means === null ? null : (usedUp(evidence, means) ?? idle(means) ?? waitedFor(evidence, means))
  if (means === null || found === null) return { name: 'none', share: 0, reasons: shown(means), cpuBound }
  const reasons = [found.reason, ...shown(means).filter(({ key }) => key !== found.reason.key)]
  return { name: found.name, share: found.reason.value, reasons, cpuBound }
}

interface Finding {
  readonly name: BottleneckName
  readonly reason: { readonly key: ReasonKey; readonly value: number }
}

const finding = (name: BottleneckName, key: ReasonKey, value: number): Finding => ({
  name,
  reason: { key, value },
})

/** A rate, CPUs, loops: what has an end of its own. */
function usedUp({ kind, cpuQuota, machineCpus }: BottleneckEvidence, means: Means): Finding | null {
  const { rateRatio, cpuRatio, elsewhereRatio, loopRatio, occupancyRatio } = means
  if (kind === 'crawl' && rateRatio >= RATE_USED && occupancyRatio < OCCUPIED)
    return finding('rate', 'rateRatio', rateRatio)
  // Others that use more than the workers are the reason, not the work itself.
  const ownRatio = (cpuRatio * cpuQuota) / machineCpus
  if (elsewhereRatio > ownRatio && elsewhereRatio + ownRatio >= SATURATED)
    return finding('generator', 'elsewhereRatio', elsewhereRatio)
  if (cpuRatio >= SATURATED) return finding('cpu', 'cpuRatio', cpuRatio)
  if (loopRatio >= SATURATED) return finding('loop', 'loopRatio', loopRatio)
  return null
}

/** Why most lanes had nothing to do, if most had not. */
function idle(means: Means): Finding | null {
  if (means.occupancyRatio >= 1 - MOST) return null
  const causes = [
    finding('queue', 'idleNoTasksRatio', means.idleNoTasksRatio),
    finding('sink', 'idleSinkRatio', means.idleSinkRatio),
    finding('generator', 'idleReaderRatio', means.idleReaderRatio),
    finding('rate', 'idleHeldRatio', means.idleHeldRatio),
    finding('generator', 'idleUnfedRatio', means.idleUnfedRatio),
  ]
  return causes.reduce((most, cause) => (cause.reason.value > most.reason.value ? cause : most))
}

/** Most lanes are at work, and no resource of this machine is: they wait for somebody else. */
function waitedFor({ kind }: BottleneckEvidence, { serverWaitRatio, sinkWaitRatio }: Means): Finding | null {
  if (kind === 'crawl' && serverWaitRatio >= MOST)
    return finding('server', 'serverWaitRatio', serverWaitRatio)
  if (kind === 'load' && sinkWaitRatio >= MOST) return finding('sink', 'sinkWaitRatio', sinkWaitRatio)
  return null
}

const SHOWN = [
  'cpuRatio',
  'loopRatio',
  'occupancyRatio',
  'serverWaitRatio',
  'sinkWaitRatio',
  'rateRatio',
  'elsewhereRatio',
  'wallMs',
  'cpuMs',
] as const satisfies readonly ReasonKey[]

/** What was measured, and is not nothing. */
const shown = (means: Means | null): Bottleneck['reasons'] =>
  means === null
    ? []
    : SHOWN.map(key => ({ key, value: means[key] })).filter(
        ({ value }) => value > 0 && Number.isFinite(value),
      )
