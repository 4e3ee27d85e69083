import type { Translated } from '../translate.ts'
import type { comparison as source } from '../en/comparison.ts'

export const comparison: Translated<typeof source> = {
  'compare.boundBy': '瓶颈',
  'compare.bound.cpu': 'CPU',
  'compare.bound.loop': '事件循环',
  'compare.bound.server': '服务器',
  'compare.bound.rate': '速率',
  'compare.bound.sink': '目标端',
  'compare.bound.queue': '任务太少',
  'compare.bound.generator': '读取',
  'compare.verdict.no difference shown': '未见差异',
  'compare.verdict.too few repeats': '次数太少',
  'compare.void.not-done': '作废：有一次没有跑完',
  'compare.void.digest': '作废：结果不一致',
  'compare.state.running': '还没有结束。',
  'compare.state.done': '已完成。',
  'compare.state.stopped': '没有跑完就停了，以下只含已跑完的部分。{reason}',
  'compare.state.failed': '无法继续：{reason}',
  'compare.fitPeak':
    '{model}：约 {peak} 个在途任务时吞吐量最高（争用 σ {sigma}，一致性 κ {kappa}，R² {r2}；通用可伸缩性定律）',
  'compare.fitFlat':
    '{model}：吞吐量趋于平缓，没有峰值（争用 σ {sigma}，一致性 κ {kappa}，R² {r2}；通用可伸缩性定律）',
  'compare.note.noisy': '开始前本机 CPU 有 {busy} 被其他程序占用：置信区间会偏宽。',
  'compare.note.fewRepeats': '只测 {repeats} 次，只能看出很大的差异；最好 5 次以上。',
  'compare.note.failures': '{cell} 有 {ratio} 的任务失败：失败往往很快，它的吞吐量说明不了什么。',
  'compare.note.short': '{cell} 每次只跑了 {time}：请增加任务数。',
  'compare.note.startDominates': '{cell} 有 {ratio} 的时间花在启动上（吞吐量不含这部分）：任务越长越划算。',
  'compare.made':
    '每个配置预热 {warmUps} 次后测 {repeats} 次取中位数，按随机区组进行（种子 {seed}）；吞吐量从首个任务开始算到结束。{cpu}，可用 CPU {cpus} 个，Node {node}，开始前其他程序占用 {busy}。',
}
