// What to run before a push: the static checks and the unit tests.
import './require-node.mjs'
import { printResult, runStep, runSteps, staticSteps, tool } from './steps.mjs'

const failed = await runSteps(staticSteps, printResult)
const unit = await runStep({
  name: 'unit',
  args: [tool('vitest/vitest.mjs'), 'run', '--project', 'unit', '--passWithNoTests', '--reporter=dot'],
})
printResult(unit)
process.exitCode = failed === 0 && unit.ok ? 0 : 1
