import { describe, expect, it } from 'vitest'

import { cutIntoFrames } from '../../../../shared/contract/chunks.ts'
import { decodeMessage, encodeMessage } from '../../../../shared/contract/codec.ts'
import { helloMessage, KIND } from '../../../../shared/contract/message.ts'
import { FRAME_BYTES } from '../../../../shared/contract/wire.ts'

/**
 * The wire format as docs/formats/wire.md freezes it. When a line here must change, so must PROTOCOL_VERSION.
 */
const GOLDEN: readonly (readonly [what: string, message: unknown, hex: string])[] = [
  ['a hello', helloMessage, '00 93 00 aa 696e7465726c65617665 01'],
  [
    'a request',
    [KIND.request, 1, 'run.pause', { runId: 'r1', isPaused: true }],
    '00 94 01 01 a9 72756e2e7061757365 82 a5 72756e4964 a2 7231 a8 6973506175736564 c3',
  ],
  ['an answer of nothing', [KIND.answer, 1, null], '00 93 02 01 c0'],
  [
    'an answer with spans',
    [KIND.answer, 300, { next: 2 ** 33, dropped: 0, spans: new Float64Array([1.5, NaN]) }],
    '00 93 02 cd012c 83 a4 6e657874 cf0000000200000000 a7 64726f70706564 00 a5 7370616e73 d801 000000000000f83f 000000000000f87f',
  ],
  [
    'an error',
    [KIND.error, 2, { code: 'E_LIMIT', message: 'no', retryable: false }],
    '00 93 03 02 83 a4 636f6465 a7 455f4c494d4954 a7 6d657373616765 a2 6e6f a9 726574727961626c65 c2',
  ],
  [
    'a subscription',
    [KIND.subscribe, 3, 'run.events', { runId: 'r1', cursor: 0 }],
    '00 94 04 03 aa 72756e2e6576656e7473 82 a5 72756e4964 a2 7231 a6 637572736f72 00',
  ],
  [
    'a push with each kind of array',
    [KIND.push, 3, [Uint8Array.of(1, 2), Uint32Array.of(258), new Float64Array([-1]), -1, 0.5, 'é']],
    '00 93 05 03 96 c4020102 d60202010000 d701000000000000f0bf ff cb3fe0000000000000 a2c3a9',
  ],
  ['an unsubscription', [KIND.unsubscribe, 3], '00 92 06 03'],
  ['the end of a stream', [KIND.end, 3, null], '00 93 07 03 c0'],
]

describe('the wire format', () => {
  it.each(GOLDEN)('keeps the bytes of %s', (_, message, hex) => {
    const frames = cutIntoFrames(encodeMessage(message))
    expect(frames.map(frame => Buffer.from(frame).toString('hex'))).toEqual([hex.replaceAll(' ', '')])
    expect(decodeMessage(frames[0]!.subarray(1))).toEqual(message)
  })

  it('keeps the cut of a long message: full frames marked 1, the last marked 0', () => {
    const frames = cutIntoFrames(new Uint8Array(500_000))
    expect(frames.map(frame => [frame[0], frame.byteLength])).toEqual([
      [1, FRAME_BYTES],
      [1, FRAME_BYTES],
      [0, 500_000 - 2 * (FRAME_BYTES - 1) + 1],
    ])
    expect(FRAME_BYTES).toBe(245_760)
  })
})
