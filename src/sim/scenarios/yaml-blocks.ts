import { Refused } from '../base/assert.ts';
import { readClaim, type BlockContext } from './block-context.ts';
import { Fields, integerOf, scalarOf, textOf, wordOf } from './fields.ts';
import { QUESTION_KEYS, VIEW_KEYS } from './grammar.ts';
import { LIMITS } from './limits.ts';
import { fenceLines, type Fence } from './outline.ts';
import { VIEW_TABS, type QuestionBlock, type ViewBlock } from './scenario.ts';
import { placeOf } from './source.ts';
import { readYamlMap, type YamlMap, type YamlNode } from './yaml.ts';

/** Reads a question: a prompt, the expression that answers it, and what may be chosen from. */
export function readQuestion(fence: Fence, context: BlockContext): QuestionBlock {
  const fields = new Fields(readYaml(fence, context), 'a question', QUESTION_KEYS);
  const answer = scalarOf(fields.need('answer', 'a question'), 'answer');
  if (answer.source.trim() === '')
    throw new Refused('answer: must be an expression such as stats.lost', answer.place);
  const choices = fields.get('choices');
  const because = fields.get('because');
  return {
    kind: 'question',
    line: fence.line,
    prompt: textOf(fields.need('prompt', 'a question'), 'prompt'),
    answer: readClaim(answer.source.trim(), answer.place, context.budget),
    choices: choices ? readChoices(choices) : [],
    because: because ? textOf(because, 'because') : '',
  };
}

function readChoices(node: YamlNode): QuestionBlock['choices'] {
  const most = LIMITS.choices.max;
  if (node.kind !== 'list' || node.items.length < 2 || node.items.length > most)
    throw new Refused(`choices: must be a list of 2 to ${most} values`, node.place);
  const choices: (string | number | boolean)[] = [];
  for (const item of node.items) {
    const { value } = scalarOf(item, 'choices');
    if (value === null || value === '') throw new Refused('choices: has an empty one', item.place);
    if (choices.includes(value))
      throw new Refused(`choices: has ${JSON.stringify(value)} twice`, item.place);
    choices.push(value);
  }
  return choices;
}

/** What `select` may name; the page finds it, or says that it is not there. */
const SELECTION =
  /^(none|cpu\d{1,4}|(kernel|instance|slot) [A-Za-z][\w,.+-]*( \d{1,4})?|message \d{1,9}|memory (0x[0-9a-f]{1,13}|\d{1,16}))$/i;
const ZOOM_MAX = 64;
const SPEED_MAX = 1e9;

/** Reads what the page should show. */
export function readView(fence: Fence, context: BlockContext): ViewBlock {
  const map = readYaml(fence, context);
  const fields = new Fields(map, 'a view', Object.keys(VIEW_KEYS));
  if (map.entries.length === 0) throw new Refused('this view shows nothing', map.place);
  const select = fields.get('select');
  const tab = fields.get('tab');
  const zoom = fields.get('zoom');
  const speed = fields.get('speed');
  return {
    kind: 'view',
    line: fence.line,
    ...(select && { select: readSelection(select) }),
    ...(tab && { tab: wordOf(tab, 'tab', VIEW_TABS) }),
    ...(zoom && { zoom: isWord(zoom, 'fit') ? 'fit' : integerOf(zoom, 'zoom', 1, ZOOM_MAX) }),
    ...(speed && { speed: isWord(speed, 'max') ? 'max' : readSpeed(speed) }),
  };
}

const isWord = (node: YamlNode, word: string): boolean =>
  node.kind === 'scalar' && node.value === word;

function readSelection(node: YamlNode): string {
  const { source } = scalarOf(node, 'select');
  if (!SELECTION.test(source))
    throw new Refused(
      'select: must be cpuN, kernel NAME, instance NAME, slot NAME, message N, memory ADDRESS or none',
      node.place,
    );
  return source;
}

function readSpeed(node: YamlNode): number {
  const { value } = scalarOf(node, 'speed');
  if (typeof value === 'number' && value > 0 && value <= SPEED_MAX) return value;
  throw new Refused('speed: must be a number of steps a second, or max', node.place);
}

function readYaml(fence: Fence, { source }: BlockContext): YamlMap {
  const at = placeOf(source, fence.line, fence.wordAt);
  return readYamlMap(source, [...fenceLines(source, fence)], at);
}
