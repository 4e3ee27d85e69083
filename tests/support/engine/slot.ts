import type { Slot } from '../../../engine/pool/pool.ts'

export const makeSlot = (position: number, given: Partial<Slot> = {}): Slot => ({
  worker: position + 1,
  position,
  state: 'ready',
  pid: 100 + position,
  threadId: 0,
  restarts: 0,
  incarnation: 1,
  ...given,
})
