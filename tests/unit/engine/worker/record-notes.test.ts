import { describe, expect, it } from 'vitest'
import { RecordNotes } from '../../../../engine/worker/record-notes.ts'
import { makeRecord } from '../../../support/engine/load-records.ts'

describe('RecordNotes', () => {
  it('keeps where each record stood, and its bytes, when the buffers of the records are used again', () => {
    const notes = new RecordNotes()
    const raw = Buffer.from('….first…')
    const start = Buffer.byteLength('….')
    notes.add(
      makeRecord('', {
        taskIndex: 4,
        index: 40,
        line: 7,
        byteOffset: 90,
        byteLength: 5,
        raw,
        rawStart: start,
        rawEnd: start + 5,
      }),
    )
    raw.fill(0)
    notes.add(makeRecord('second', { taskIndex: 5, line: 8 }))
    const at = [0, 1]
    expect({
      tasks: [...notes.tasks()],
      indexes: at.map(each => notes.indexAt(each)),
      lines: at.map(each => notes.lineAt(each)),
      offsets: at.map(each => notes.byteOffsetAt(each)),
      lengths: at.map(each => notes.byteLengthAt(each)),
      raws: at.map(each => notes.rawAt(each).toString()),
      bytes: notes.rawBytes,
    }).toEqual({
      tasks: [4, 5],
      indexes: [40, 5],
      lines: [7, 8],
      offsets: [90, 0],
      lengths: [5, 6],
      raws: ['first', 'second'],
      bytes: 11,
    })
  })

  it('takes any number of records of any length, again and again', () => {
    const notes = new RecordNotes()
    for (let round = 0; round < 2; round += 1) {
      notes.clear()
      for (let index = 0; index < 3_000; index += 1) {
        notes.add(makeRecord(`${index}`.repeat(index % 100), { taskIndex: index }))
      }
      notes.add(makeRecord('x'.repeat(1_000_000), { taskIndex: 3_000 }))
      expect([notes.length, notes.taskAt(2_999), notes.rawAt(2_999).toString()]).toEqual([
        3_001,
        2_999,
        '2999'.repeat(99),
      ])
      expect(notes.rawAt(3_000).length).toBe(1_000_000)
    }
  })

  it('knows how each record is to be read, also where that differs from record to record', () => {
    const notes = new RecordNotes()
    for (const source of [null, 'a', 'a', null, 'b']) notes.add(makeRecord('', { source }))
    expect([0, 1, 2, 3, 4].map(at => notes.sourceAt(at))).toEqual([null, 'a', 'a', null, 'b'])
    notes.clear()
    notes.add(makeRecord('', { source: 'b' }))
    expect(notes.sourceAt(0)).toBe('b')
  })
})
