import type { demo as source } from '../en/demo.ts'
import type { Translated } from '../translate.ts'

export const demo: Translated<typeof source> = {
  'demo.intro':
    '用每种模型做同样的工作：先抓取一个响应如远方服务器的本地站点，再运行 CPU 密集型任务，最后把一个文件写入 SQLite。',
  'demo.step': '{at} / {of}  {kind}  {model}',
  'demo.pages': '本地站点的页面',
  'demo.kernel': '素数',
  'demo.lines': '生成的文本行写入 SQLite',
  'demo.work': '工作',
  'demo.model': '模型',
  'demo.speedUp': '相对 sequential',
  'demo.notRun': '未运行：时间不够',
  'demo.noteLoop':
    '抓取：单个事件循环同时进行 {inFlight} 个请求，完成的工作是逐个请求的 {ratio}，因为每个请求有 {waiting} 的时间在等待。',
  'demo.noteCrawl': '抓取：同时进行的数量相同，与单个循环（{busy} 的时间在忙）相比，{verdicts}。',
  'demo.verdictHelped': '{model} 更快（{ratio}）',
  'demo.verdictSame': '{model} 相差不大（{ratio}）',
  'demo.verdictCost': '{model} 更慢（{ratio}）',
  'demo.verdictSeparator': '，',
  'demo.noteCpu': 'CPU：{workers} 个 {model} 在 {cpus} 个 CPU 上完成的工作是单个的 {ratio}。',
  'demo.noteCpuLess':
    'CPU：{workers} 个 {model} 在 {cpus} 个 CPU 上完成的工作只有单个的 {ratio}，未达到 CPU 允许的程度。',
  'demo.noteDigest': 'CPU：各模型的计算结果一致（摘要值 {digest}）。',
  'demo.noteDigestWrong': 'CPU：各模型的计算结果不一致。这是 Interleave 的错误，请报告。',
  'demo.noteLoad': '写入：{count} 行在 {elapsed} 后全部进入 SQLite 文件（{rate}），并逐行读回核对无误。',
  'demo.noteLoadWrong': '写入：SQLite 文件的内容与输入不一致。这是 Interleave 的错误，请报告。',
  'demo.noteFailed': '每种模型下都有 {count} 个页面失败（共 {pages} 个）：站点有意对它们返回错误，且未重试。',
  'demo.noteSample': 'sequential 只抓取了 {count} 个页面作为样本。',
  'demo.noteStopped': '本机较慢或较忙：部分运行被提前停止，按已完成的部分计。',
  'demo.noteShared': '时间从第一个任务开始算到最后一个结果；站点与抓取共用本机的 CPU。',
  'demo.next': '下一步：interleave crawl urls.txt --out results.jsonl',
}
