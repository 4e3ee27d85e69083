/** What one contender did in one round. */
export interface Sample {
  /** What is compared; higher is better unless the scenario says otherwise. */
  readonly value: number
  /** Further figures for the table, by their column's name. */
  readonly also: Readonly<Record<string, number>>
}

export interface Contender {
  readonly name: string
  run(): Promise<Sample>
}

/** A stated aim, and what was reached. */
export interface Goal {
  readonly text: string
  readonly value: number
  readonly isMet: boolean
}

export interface Report {
  /** One row a contender, one column a figure; the first column is its name. */
  readonly rows: readonly Readonly<Record<string, string | number>>[]
  readonly goals: readonly Goal[]
  readonly notes: readonly string[]
}

export interface BenchOptions {
  readonly rounds: number
  /** A tenth of the work: shows that everything runs, says little about speed. */
  readonly isQuick: boolean
  /** Everything at full size, however long it takes. */
  readonly isFull: boolean
  /** Where lists, journals and results may be written; removed at the end. */
  readonly workDir: string
}

export interface Scenario {
  readonly name: string
  readonly title: string
  run(options: BenchOptions): Promise<Report>
}

export const atLeast = (text: string, value: number, bound: number): Goal => ({
  text: `${text} at least ${bound}`,
  value,
  isMet: value >= bound,
})

export const atMost = (text: string, value: number, bound: number): Goal => ({
  text: `${text} at most ${bound}`,
  value,
  isMet: value <= bound,
})
