import { describe, expect, it } from 'vitest'

import { previewLines } from '../../../../headless/cli/preview-lines.ts'
import { en } from '../../../../shared/locales/en.ts'
import { translator } from '../../../../shared/locales/translate.ts'
import type { LoadPreview } from '../../../../shared/model/load-preview.ts'

const textOf = (preview: LoadPreview): string[] =>
  previewLines(preview, translator(en)).map(line => line.map(({ text }) => text).join(''))

describe('the preview of a load', () => {
  it('says what inputs were recognised as, then the commands with arguments that can be told apart', () => {
    const preview: LoadPreview = {
      inputs: [
        {
          input: '/a.csv',
          format: 'csv',
          encoding: 'gb18030',
          evidence: 'it is so',
          header: ['id', 'full name'],
        },
        { input: '/\u001b[2J', format: 'lines', encoding: 'utf-8', evidence: '', header: null },
      ],
      commands: [
        ['HSET', 'u:1', 'id', '1', 'full name', 'Ann "A" B'],
        ['SET', '', "it's"],
        ['refused', 'line 4 has 1 cell, the header row has 2'],
      ],
    }
    expect(textOf(preview)).toEqual([
      '/a.csv: csv, gb18030',
      '  it is so',
      '  columns: id "full name"',
      '/\\u001b[2J: lines, utf-8',
      '  ',
      '',
      'The first 3 records would be written as',
      '  HSET u:1 id 1 "full name" "Ann \\"A\\" B"',
      '  SET "" "it\'s"',
      '  refused line 4 has 1 cell, the header row has 2',
    ])
  })

  it('says that there is nothing', () => {
    expect(textOf({ inputs: [], commands: [] }).at(-1)).toBe('There is no record that would be written.')
  })
})
