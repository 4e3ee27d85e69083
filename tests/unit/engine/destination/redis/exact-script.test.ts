import { describe, expect, it } from 'vitest'
import { answerOf } from '../../../../../engine/destination/redis/exact-script.ts'

describe('answerOf', () => {
  it('reads every answer of the script', () => {
    expect(answerOf(['gone'])).toEqual({ kind: 'gone' })
    expect(answerOf(['moved', ''])).toEqual({ kind: 'moved', stored: '' })
    expect(answerOf(['fault', 'OOM'])).toEqual({ kind: 'fault', text: 'OOM' })
    expect(answerOf(['done', []])).toEqual({ kind: 'done', failures: [] })
    expect(answerOf(['done', [3, 'no', 7, 'never']])).toEqual({
      kind: 'done',
      failures: [
        [3, 'no'],
        [7, 'never'],
      ],
    })
    expect(answerOf(['part', 'OOM', '12', [0, 'no']])).toEqual({
      kind: 'part',
      text: 'OOM',
      task: 12,
      failures: [[0, 'no']],
    })
  })

  it.each([
    [null],
    ['done'],
    [1],
    [[]],
    [['moved']],
    [['moved', 1]],
    [['done']],
    [['done', [1]]],
    [['done', ['1', 'x']]],
    [['part', 'OOM', 'x', []]],
    [['part', 'OOM', '1']],
    [['else', '1']],
  ])('takes %j for no answer of the script', value => {
    expect(answerOf(value)).toBeNull()
  })
})
