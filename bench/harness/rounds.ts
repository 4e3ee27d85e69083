import type { Contender, Sample } from './scenario.ts'
import { median, medianRatio } from './statistics.ts'

/** What the contenders did in alternating rounds: A B C, A B C, … */
export class Rounds {
  readonly #samples = new Map<string, Sample[]>()

  /** Samples of one contender, round by round. @throws Error when there is no such contender. */
  samples(name: string): readonly Sample[] {
    const samples = this.#samples.get(name)
    if (samples === undefined) throw new Error(`no contender is called ${name}`)
    return samples
  }

  add(name: string, sample: Sample): void {
    const samples = this.#samples.get(name)
    if (samples === undefined) this.#samples.set(name, [sample])
    else samples.push(sample)
  }

  values(name: string): number[] {
    return this.samples(name).map(sample => sample.value)
  }

  has(name: string): boolean {
    return this.#samples.has(name)
  }

  /** The median over rounds of `a` divided by `b` in the same round. */
  ratio(a: string, b: string): number {
    return medianRatio(this.values(a), this.values(b))
  }

  /** @param unit Name of the column with the compared value. @param baseline Who the ratios are to. */
  table(unit: string, baseline: string): Record<string, string | number>[] {
    return [...this.#samples].map(([name, samples]) => {
      const values = samples.map(sample => sample.value)
      const row: Record<string, string | number> = {
        name,
        [unit]: median(values),
        min: Math.min(...values),
        max: Math.max(...values),
        [`x ${baseline}`]: this.ratio(name, baseline),
      }
      for (const column of Object.keys(samples[0]?.also ?? {})) {
        row[column] = median(samples.map(sample => sample.also[column] ?? NaN))
      }
      return row
    })
  }
}

/** Runs every contender once a round, in the same order, and says so on stderr. */
export async function runRounds(contenders: readonly Contender[], rounds: number): Promise<Rounds> {
  const results = new Rounds()
  for (let round = 1; round <= rounds; round += 1) {
    for (const contender of contenders) {
      const sample = await contender.run()
      results.add(contender.name, sample)
      console.error(`  round ${round}: ${contender.name}: ${sample.value.toPrecision(5)}`)
    }
  }
  return results
}
