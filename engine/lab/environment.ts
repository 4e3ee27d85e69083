import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { ComparisonEnvironment } from '../../shared/model/comparison.ts'
import { readCpuQuota } from '../host/cpu-quota.ts'

/** Long enough for the clock ticks that CPU times are counted in. */
const LOOK_MS = 400

/** @returns What numbers of this machine depend on; looks for {@link LOOK_MS} at how busy it is with other work. */
export async function readEnvironment(): Promise<ComparisonEnvironment> {
  const before = cpuTimes()
  await pause(LOOK_MS)
  const after = cpuTimes()
  const allMs = after.allMs - before.allMs
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cpus: all.length,
    cpuQuota: readCpuQuota().cpus,
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    busyRatio: allMs > 0 ? Math.min(1, Math.max(0, 1 - (after.idleMs - before.idleMs) / allMs)) : 0,
    loadAverage: loadavg()[0] ?? 0,
  }
}

function cpuTimes(): { readonly idleMs: number; readonly allMs: number } {
  let idleMs = 0
  let allMs = 0
  for (const { times } of cpus()) {
    idleMs += times.idle
    allMs += times.user + times.nice + times.sys + times.idle + times.irq
  }
  return { idleMs, allMs }
}
