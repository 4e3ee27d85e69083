import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { posix } from 'node:path'

/** How many CPUs this process may use, and what says so. */
export interface CpuQuota {
  /** Above 0; may be a fraction, such as 0.5 of one CPU. */
  readonly cpus: number
  /** Such as `cgroup v2 cpu.max` or `os`. */
  readonly source: string
}

export interface QuotaSources {
  /** @returns The file's text, or `null` when it cannot be read. */
  readonly readText: (path: string) => string | null
  /** CPUs that the operating system schedules this process on. */
  readonly schedulableCpus: number
}

const CGROUPS = '/sys/fs/cgroup'

/**
 * The smallest of what the operating system and the control groups above this process grant. Containers are given a
 * share of time, which a count of CPUs does not show: 64 processes on 8 CPUs' worth of time only get in each other's way.
 */
export function readCpuQuota(sources: QuotaSources = realSources): CpuQuota {
  const granted = [{ cpus: sources.schedulableCpus, source: 'os' }, ...groupQuotas(sources.readText)].filter(
    ({ cpus }) => Number.isFinite(cpus) && cpus > 0,
  )
  return granted.reduce((least, next) => (next.cpus < least.cpus ? next : least), {
    cpus: Math.max(1, sources.schedulableCpus),
    source: 'os',
  })
}

const realSources: QuotaSources = {
  readText: path => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      // No such file is the usual answer outside Linux and outside containers: nothing is granted by it.
      return null
    }
  },
  schedulableCpus: availableParallelism(),
}

type ReadText = QuotaSources['readText']

/** Quotas of the groups that this process is in and of those around them; an inner one may be wider than its parents. */
function groupQuotas(readText: ReadText): CpuQuota[] {
  const membership = readText('/proc/self/cgroup') ?? ''
  return membership.split('\n').flatMap(line => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    if (controllers === undefined || path === undefined) return []
    if (controllers === '')
      return quotasAlong(path, folder => version2Quota(readText, posix.join(CGROUPS, folder)))
    if (!controllers.split(',').includes('cpu')) return []
    return ['cpu', controllers].flatMap(mount =>
      quotasAlong(path, folder => version1Quota(readText, posix.join(CGROUPS, mount, folder))),
    )
  })
}

/** @param path Such as `/a/b`; `/a` and `/` are looked at as well. In a container only `/` may be visible. */
function quotasAlong(path: string, quotaOf: (folder: string) => CpuQuota | null): CpuQuota[] {
  const found: CpuQuota[] = []
  for (let folder = posix.join('/', path); ; folder = posix.dirname(folder)) {
    const quota = quotaOf(folder)
    if (quota !== null) found.push(quota)
    if (folder === '/') return found
  }
}

/** `cpu.max` holds the microseconds of CPU in each period and the period, or `max` and the period. */
function version2Quota(readText: ReadText, folder: string): CpuQuota | null {
  const [, quotaUs, periodUs] = /^(\d+) (\d+)/.exec(readText(posix.join(folder, 'cpu.max')) ?? '') ?? []
  if (quotaUs === undefined) return null
  return { cpus: Number(quotaUs) / Number(periodUs), source: 'cgroup v2 cpu.max' }
}

/** A quota of -1 means that there is none. */
function version1Quota(readText: ReadText, folder: string): CpuQuota | null {
  const quotaUs = Number(readText(posix.join(folder, 'cpu.cfs_quota_us')) ?? '-1')
  const periodUs = Number(readText(posix.join(folder, 'cpu.cfs_period_us')) ?? '0')
  if (!(quotaUs > 0 && periodUs > 0)) return null
  return { cpus: quotaUs / periodUs, source: 'cgroup v1 cpu.cfs_quota_us' }
}
