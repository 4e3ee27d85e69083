import { describe, expect, it } from 'vitest'

import { pictureOf } from '../../../../../renderer/views/compose/model-picture.ts'

const frame = { width: 460, height: 132, boxes: 9, lanes: 6, folds: 9 }
const picture = (processes: number, threads: number, inFlight: number, isWaiting = true) =>
  pictureOf({ processes, threads, inFlight, isWaiting }, frame)

describe('the picture of a model', () => {
  it('has a box for each process and counts what does not fit', () => {
    const { boxes, more } = picture(60, 16, 64)
    expect({ boxes: boxes.length, more }).toEqual({ boxes: 9, more: { boxes: 51, lanes: 10, folds: 54 } })
  })

  it('has a lane that computes and waits in turn where one task is in flight', () => {
    const kinds = picture(1, 1, 1).bars.map(bar => bar.is)
    expect(kinds).toEqual(['cpu', 'wait', 'cpu', 'wait', 'cpu', 'wait', 'cpu', 'wait'])
  })

  it('folds a wait for each further task in flight', () => {
    expect(picture(1, 1, 4).bars.filter(bar => bar.is === 'wait')).toHaveLength(3)
  })

  it('has no wait where work only computes: tasks in flight wait for their turn', () => {
    expect(new Set(picture(1, 2, 1, false).bars.map(bar => bar.is))).toEqual(new Set(['cpu']))
    expect(new Set(picture(1, 1, 4, false).bars.map(bar => bar.is))).toEqual(new Set(['cpu', 'queue']))
  })

  it.each([
    [1, 1, 1],
    [1, 1, 64],
    [1, 8, 1],
    [3, 1, 2],
    [256, 4, 65_535],
  ])('stays inside its frame: %d × %d × %d', (processes, threads, inFlight) => {
    const { boxes, bars } = picture(processes, threads, inFlight)
    for (const { x, y, width, height } of [...boxes, ...bars]) {
      expect(Math.min(x, y, width, height)).toBeGreaterThanOrEqual(0)
      expect(x + width).toBeLessThanOrEqual(frame.width)
      expect(y + height).toBeLessThanOrEqual(frame.height)
    }
  })
})
