import { describe, expect, it } from 'vitest'

import { CallRate } from '../../../../electron/main/call-rate.ts'
import { checkSender } from '../../../../electron/main/sender.ts'

const frame = { detached: false, parent: null, origin: 'app://interleave', url: 'app://interleave/' }
const from =
  (senderFrame: Parameters<typeof checkSender>[0]['senderFrame'], id = 1) =>
  () =>
    checkSender({ sender: { id }, senderFrame }, window => window === 1)

describe('checkSender', () => {
  it('lets the main frame of our own window ask', () => {
    expect(from(frame)).not.toThrow()
  })

  it.each([
    ['a destroyed frame', null],
    ['a detached frame', { ...frame, detached: true }],
    ['a frame inside', { ...frame, parent: {} }],
    ['about:blank', { ...frame, origin: 'null', url: 'about:blank' }],
    ['a blob', { ...frame, origin: 'null', url: 'blob:app://interleave/1' }],
    ['another origin', { ...frame, origin: 'https://evil.example' }],
    ['developer tools', { ...frame, origin: 'devtools://devtools', url: 'devtools://devtools/x' }],
    ['a frame without address', { ...frame, url: '' }],
  ])('refuses %s', (_name, senderFrame) => {
    expect(from(senderFrame)).toThrow(expect.objectContaining({ code: 'E_IPC_SENDER' }))
  })

  it('refuses a window that is not ours', () => {
    expect(from(frame, 2)).toThrow(expect.objectContaining({ code: 'E_IPC_SENDER' }))
  })
})

describe('CallRate', () => {
  it('allows each page twice its rate at once, and then its rate', () => {
    let nowMs = 0
    const rate = new CallRate(10, () => nowMs)
    const taken = () => Array.from({ length: 100 }, () => rate.take(1)).filter(Boolean).length
    expect(taken()).toBe(20)
    nowMs = 500
    expect(taken()).toBe(5)
    expect(rate.take(2)).toBe(true)
  })
})
