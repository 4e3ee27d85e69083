import { describe, expect, it } from 'vitest'
import { ProcessCosts } from '../../../../engine/telemetry/process-costs.ts'

describe('ProcessCosts', () => {
  it('adds processes up, each by its newest figures, to what earlier sessions used', () => {
    const costs = new ProcessCosts(10, 50)
    costs.note(1, 1, 100)
    costs.note(2, 2, 200)
    costs.note(1, 1.5, 150)
    expect([costs.cpuSec, costs.peakRssBytes]).toEqual([13.5, 350])
  })

  it('keeps the peak of earlier sessions and of processes that are gone', () => {
    const costs = new ProcessCosts(0, 1_000)
    costs.note(1, 1, 900)
    expect(costs.peakRssBytes).toBe(1_000)
    costs.note(2, 1, 300)
    costs.lost(1)
    costs.note(3, 1, 400)
    expect(costs.peakRssBytes).toBe(1_200)
  })

  it('keeps the CPU time of what is gone', () => {
    const costs = new ProcessCosts(0, 0)
    costs.note(1, 4, 10)
    costs.lost(1)
    costs.lost(1)
    costs.lost(99)
    costs.note(2, 1, 10)
    expect(costs.cpuSec).toBe(5)
  })

  it('counts a process once whose threads come and go', () => {
    const costs = new ProcessCosts(0, 0)
    costs.note(1, 4, 100)
    costs.lost(1)
    costs.note(1, 5, 110)
    // Reported by another thread a moment earlier, heard of a moment later.
    costs.note(1, 4.9, 110)
    expect([costs.cpuSec, costs.peakRssBytes]).toEqual([5, 110])
  })
})
