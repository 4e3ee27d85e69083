import { describe, expect, it } from 'vitest'
import { SAMPLE, SAMPLE_WIDTH } from '../../../../shared/model/sample.ts'
import { bottleneckOf } from '../../../../engine/lab/bottleneck.ts'
import type { BottleneckName } from '../../../../shared/model/comparison.ts'
import { simulatedEvidence, type SimulatedSystem } from './simulated-run.ts'

/** What holds each of these systems up follows from its numbers alone, as the comments do the sums. */
const INJECTED: readonly (readonly [string, BottleneckName, SimulatedSystem])[] = [
  // 20 lanes ask a server that can do 80/s; a CPU could do 1,000/s.
  [
    'one server with a queue',
    'server',
    { tasks: 800, lanes: 20, cpus: 2, cpuMs: 1, servers: { count: 1, meanMs: 12.5 } },
  ],
  // 4 × 50/s = 200/s, of which the loop is busy 40 %.
  [
    'four servers with a queue',
    'server',
    { tasks: 2_000, lanes: 40, cpus: 2, cpuMs: 2, servers: { count: 4, meanMs: 20 } },
  ],
  // 10 lanes / 301 ms = 33/s.
  ['a server far away', 'server', { tasks: 300, lanes: 10, cpus: 4, cpuMs: 1, waitMs: () => 300 }],
  ['a server, asked one at a time', 'server', { tasks: 150, lanes: 1, cpus: 2, cpuMs: 2, waitMs: () => 50 }],
  // 10 lanes / 100 ms = 100/s, below the 200/s that are allowed.
  [
    'too few lanes for the rate that is allowed',
    'server',
    { tasks: 900, lanes: 10, cpus: 2, cpuMs: 0.5, waitMs: () => 100, ratePerSec: 200 },
  ],
  // 40 lanes / 21 ms = 1,900/s, far more than 50/s.
  ['a token bucket', 'rate', { tasks: 400, lanes: 40, cpus: 2, cpuMs: 1, waitMs: () => 20, ratePerSec: 50 }],
  // 20 lanes / 200 ms = 100/s against 60/s; 12 of the 20 are in flight.
  [
    'a token bucket before slow servers',
    'rate',
    { tasks: 600, lanes: 20, cpus: 2, cpuMs: 1, waitMs: () => 200, ratePerSec: 60 },
  ],
  // One loop can do 200/s, 50 lanes / 20 ms would be 2,500/s, and three CPUs of four do nothing.
  ['a busy loop', 'loop', { tasks: 1_500, lanes: 50, cpus: 4, cpuMs: 5, waitMs: () => 20 }],
  [
    'two busy loops of eight CPUs',
    'loop',
    { tasks: 2_000, lanes: 64, workers: 2, cpus: 8, cpuMs: 4, waitMs: () => 30 },
  ],
  ['all CPUs busy', 'cpu', { kind: 'cpu', tasks: 1_000, lanes: 4, workers: 4, cpus: 4, cpuMs: 20 }],
  ['more workers than CPUs', 'cpu', { kind: 'cpu', tasks: 500, lanes: 8, workers: 8, cpus: 2, cpuMs: 20 }],
  [
    'a busy loop that has the only CPU',
    'cpu',
    { tasks: 800, lanes: 50, cpus: 1, cpuMs: 5, waitMs: () => 20 },
  ],
  // Loops could do 1,600/s together, CPUs 400/s.
  [
    'crawling with more loops than CPUs',
    'cpu',
    { tasks: 1_500, lanes: 80, workers: 8, cpus: 2, cpuMs: 5, waitMs: () => 20 },
  ],
  // One acknowledgement after the other, 25/s.
  [
    'a slow destination',
    'sink',
    { kind: 'load', tasks: 200, lanes: 4, workers: 2, cpus: 2, cpuMs: 2, servers: { count: 1, meanMs: 40 } },
  ],
  // Five seconds of work that are held up for eight.
  [
    'outputs that stand still',
    'sink',
    {
      tasks: 1_000,
      lanes: 10,
      cpus: 2,
      cpuMs: 1,
      waitMs: () => 50,
      sinkStalls: [
        [1_000, 5_000],
        [6_500, 10_500],
      ],
    },
  ],
  [
    'fewer tasks than lanes',
    'queue',
    { tasks: 30, lanes: 200, cpus: 2, cpuMs: 1, waitMs: task => 200 + 10 * task },
  ],
  // All but one are done after a second; that one takes ten.
  [
    'a straggler',
    'queue',
    { tasks: 400, lanes: 20, cpus: 2, cpuMs: 1, waitMs: task => (task === 350 ? 10_000 : 50) },
  ],
  // 50 lanes / 31 ms = 1,600/s, of which 20/s come in.
  [
    'inputs that come in slowly',
    'generator',
    { tasks: 200, lanes: 50, cpus: 2, cpuMs: 1, waitMs: () => 30, fedPerSec: 20 },
  ],
  // Others leave a quarter of a CPU to the one loop.
  [
    'a machine that others use',
    'generator',
    { tasks: 200, lanes: 20, cpus: 2, cpuSpeed: 0.25, elsewhereCpus: 1.75, cpuMs: 5, waitMs: () => 20 },
  ],
  // Waits of its own making, with more lanes it would be faster: nothing here is used up.
  [
    'lanes that wait for themselves',
    'none',
    { kind: 'cpu', tasks: 200, lanes: 2, workers: 2, cpus: 4, cpuMs: 15, waitMs: () => 35 },
  ],
]

describe('bottleneckOf', () => {
  it.each(INJECTED)('finds %s: %s', (_title, name, system) => {
    const found = bottleneckOf(simulatedEvidence(system))
    expect({ name: found.name, reasons: found.reasons }).toEqual({ name, reasons: expect.anything() })
    expect(found.reasons.length).toBeGreaterThan(0)
    if (name === 'none') return
    expect(found.share).toBe(found.reasons[0]!.value)
    expect(found.share).toBeGreaterThan(0.3)
    expect(found.share).toBeLessThan(1.05)
  })

  it('says nothing of a run without samples', () => {
    const evidence = { ...simulatedEvidence(INJECTED[0]![2]), samples: new Float64Array(0) }
    expect(bottleneckOf(evidence)).toEqual({
      name: 'none',
      share: 0,
      reasons: [],
      cpuBound: { ratio: NaN, low: NaN, high: NaN },
    })
  })

  it('takes what others do on a large machine for no harm to a small grant of it', () => {
    const evidence = simulatedEvidence({ tasks: 500, lanes: 4, workers: 4, cpus: 4, cpuMs: 20, kind: 'cpu' })
    expect(bottleneckOf({ ...evidence, machineCpus: 64, elsewhereCpus: 20 }).name).toBe('cpu')
  })

  it('calls lanes that a host cap keeps empty held by the rate', () => {
    // A cap of two on one host is what a station of two servers in front of the lanes would be.
    const evidence = simulatedEvidence({ tasks: 200, lanes: 2, cpus: 2, cpuMs: 1, waitMs: () => 50 })
    const samples = evidence.samples.slice()
    for (let at = 0; at < samples.length; at += SAMPLE_WIDTH) {
      samples[at + SAMPLE.limit] = 50
      samples[at + SAMPLE.waiting] = 100
    }
    const found = bottleneckOf({ ...evidence, samples })
    expect({ name: found.name, key: found.reasons[0]!.key }).toEqual({ name: 'rate', key: 'idleHeldRatio' })
  })
})
