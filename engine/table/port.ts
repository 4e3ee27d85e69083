import type { Failure } from '../../shared/model/error.ts'
import type { Tables } from './table-link.ts'

export type TableMethod = keyof Tables

export interface TableRequest {
  readonly id: number
  readonly method: TableMethod
  readonly question: unknown
}

export type TableAnswer =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly failure: Failure }
