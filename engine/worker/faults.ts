import { FAULT_KINDS, type FaultKind } from './protocol.ts'

/** What a test asked to go wrong at given task indexes: `INTERLEAVE_TEST_FAULTS=abort@17,oom@99,spin@120,exit@200`. */
export type Faults = ReadonlyMap<number, FaultKind>

const isFaultKind = (text: string): text is FaultKind => (FAULT_KINDS as readonly string[]).includes(text)

/** @returns The faults named in `text`; parts that are not `kind@index` are ignored. */
export function parseFaults(text: string | undefined): (readonly [FaultKind, number])[] {
  return (text ?? '').split(',').flatMap(part => {
    const [kind = '', index = ''] = part.trim().split('@')
    return isFaultKind(kind) && /^\d+$/.test(index) ? [[kind, Number(index)] as const] : []
  })
}

/** Does to this process what the fault says; returns only if the process survives it. */
export function strike(kind: FaultKind): void {
  switch (kind) {
    case 'abort':
      return process.abort()
    case 'crash':
      return void process.kill(process.pid, 'SIGSEGV')
    case 'exit':
      return process.exit(0)
    case 'overflow':
      return strike(kind)
    case 'oom': {
      const hoard: number[][] = []
      for (;;) hoard.push(new Array<number>(1_000_000).fill(Math.PI))
    }
    case 'spin':
      for (;;) Math.hypot(1, 1)
  }
}
