import type { RecordFormat } from '../worker/protocol.ts'
import { LineCutter } from './line-cutter.ts'
import type { RecordCutter } from './record-cutter.ts'
import { RowCutter } from './row-cutter.ts'
import { unitsOf } from './text-units.ts'

/** @param line Number of the line with which the bytes of the first call begin, from 1. */
export function makeCutter({ format, encoding, delimiter }: CutFormat, line: number): RecordCutter {
  const units = unitsOf(encoding)
  if (format === 'csv' || format === 'tsv')
    return new RowCutter(units, delimiter ?? (format === 'tsv' ? '\t' : ','), line)
  return new LineCutter(units, format === 'lines', line)
}

export type CutFormat = Pick<RecordFormat, 'format' | 'encoding' | 'delimiter'>
