import type { desktop as source } from '../en/desktop.ts'
import type { Translated } from '../translate.ts'

export const desktop: Translated<typeof source> = {
  'desktop.refusedSwitch': 'Interleave 不接受 --{name} 启动：这会让其他程序能控制本应用。',
  'desktop.ask.read': '允许读取这个文件吗？',
  'desktop.ask.write': '允许写入这个文件吗？',
  'desktop.ask.allow': '允许',
  'desktop.ask.refuse': '不允许',
  'desktop.choose.files': '选择文件',
  'desktop.choose.folder': '选择文件夹',
  'desktop.openFailed': '打不开',
}
