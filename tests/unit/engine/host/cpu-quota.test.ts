import { describe, expect, it } from 'vitest'

import { readCpuQuota } from '../../../../engine/host/cpu-quota.ts'

const quotaWith = (schedulableCpus: number, files: Readonly<Record<string, string>>) =>
  readCpuQuota({ schedulableCpus, readText: path => files[path] ?? null })

const version2 = (cpuMax: string, path = '/') => ({
  '/proc/self/cgroup': `0::${path}\n`,
  [`/sys/fs/cgroup${path === '/' ? '' : path}/cpu.max`]: cpuMax,
})

const version1 = (quotaUs: string, periodUs = '100000') => ({
  '/proc/self/cgroup': '5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n',
  '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': quotaUs,
  '/sys/fs/cgroup/cpu/cpu.cfs_period_us': periodUs,
})

describe('readCpuQuota', () => {
  it.each([
    ['half a CPU', 64, '50000 100000\n', 0.5],
    ['one CPU', 64, '100000 100000\n', 1],
    ['one and a half', 64, '150000 100000\n', 1.5],
    ['eight of 64', 64, '800000 100000\n', 8],
  ])('reads %s of a version 2 group', (_title, schedulable, cpuMax, cpus) => {
    expect(quotaWith(schedulable, version2(cpuMax))).toEqual({ cpus, source: 'cgroup v2 cpu.max' })
  })

  it.each([
    ['half a CPU', '50000', 0.5],
    ['eight of 64', '800000', 8],
  ])('reads %s of a version 1 group, whose own folder a container may not see', (_title, quotaUs, cpus) => {
    expect(quotaWith(64, version1(quotaUs))).toEqual({ cpus, source: 'cgroup v1 cpu.cfs_quota_us' })
  })

  it('takes the smallest grant of all groups around the process', () => {
    const files = {
      ...version2('400000 100000', '/a/b'),
      '/sys/fs/cgroup/a/cpu.max': '200000 100000',
      '/sys/fs/cgroup/cpu.max': 'max 100000',
    }
    expect(quotaWith(64, files)).toEqual({ cpus: 2, source: 'cgroup v2 cpu.max' })
  })

  it.each([
    ['no group', {}],
    ['no quota in version 2', version2('max 100000\n')],
    ['no quota in version 1', version1('-1')],
    ['a quota above what is scheduled', version2('800000 100000')],
    ['an unreadable file', { '/proc/self/cgroup': 'nonsense' }],
    ['a quota of nothing', version2('0 100000')],
  ])('goes by what the system schedules with %s', (_title, files) => {
    expect(quotaWith(4, files)).toEqual({ cpus: 4, source: 'os' })
  })
})
