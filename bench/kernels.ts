// Checks that no kernel is caught in a slow compiler tier in a worker: `node bench/kernels.ts`. Needs no peers.
import { formatReport } from './harness/table.ts'
import { kernels } from './scenarios/kernels.ts'

const report = await kernels.run({ rounds: 3, isQuick: false, isFull: false, workDir: '' })
console.log(formatReport(report))
process.exitCode = report.goals.every(goal => goal.isMet) ? 0 : 1
