import { EditorState } from '@codemirror/state';
import { StreamLanguage, syntaxTree } from '@codemirror/language';
import { describe, expect, it } from 'vitest';
import { compileTree } from '../../../worker/tree-reading.ts';
import { DTS_MODE } from './dts-mode.ts';
import { hasRowsIn, rowAtSource, treeMove, visibleRows } from './row-list.ts';
import { TreeRows } from './tree-rows.ts';

const SOURCE = '/dts-v1/;\n/ { a { x = <1>; y; }; b { }; };\n';
const rowsOf = (source: string): TreeRows =>
  new TreeRows(compileTree(source, 'a.dts', () => undefined).rows);
const rows = rowsOf(SOURCE);
const open = new Set<string>();
const folded = new Set(['/a']);
const names = (seen: readonly number[]) => seen.map((row) => rows.nameOf(row));

describe('the tree widget', () => {
  it('hides what is in a folded node', () => {
    expect(names(visibleRows(rows, open))).toEqual(['/', 'a', 'x', 'y', 'b']);
    expect(names(visibleRows(rows, folded))).toEqual(['/', 'a', 'b']);
    expect(hasRowsIn(rows, 1)).toBe(true);
    expect(hasRowsIn(rows, 4)).toBe(false);
  });

  it('moves as trees do', () => {
    const go = (row: number) => ({ kind: 'go', row });
    expect(treeMove(rows, open, 1, 'ArrowDown', 9)).toEqual(go(2));
    expect(treeMove(rows, folded, 1, 'ArrowDown', 9)).toEqual(go(4));
    expect(treeMove(rows, open, 1, 'ArrowRight', 9)).toEqual(go(2));
    expect(treeMove(rows, folded, 1, 'ArrowRight', 9)).toEqual({ kind: 'unfold', path: '/a' });
    expect(treeMove(rows, open, 1, 'ArrowLeft', 9)).toEqual({ kind: 'fold', path: '/a' });
    expect(treeMove(rows, open, 3, 'ArrowLeft', 9)).toEqual(go(1));
    expect(treeMove(rows, open, 2, 'Home', 9)).toEqual(go(0));
    expect(treeMove(rows, open, -1, 'ArrowDown', 9)).toEqual(go(0));
    expect(treeMove(rows, open, 0, 'PageDown', 9)).toEqual(go(4));
    expect(treeMove(rows, open, 0, 'Enter', 9)).toEqual({ kind: 'follow' });
    expect(treeMove(rows, open, 0, 'q', 9)).toBeUndefined();
    expect(treeMove(new TreeRows(), open, 0, 'Home', 9)).toBeUndefined();
  });

  it('finds the innermost thing at a character, and the same thing in another reading', () => {
    const at = (text: string) => rows.at(rowAtSource(rows, SOURCE.indexOf(text)))?.name;
    expect(at('x =')).toBe('x');
    expect(at('a {')).toBe('a');
    expect(at('b {')).toBe('b');
    expect(at('/ {')).toBe('/');
    expect(rowAtSource(rows, 0)).toBe(-1);
    const other = rowsOf('/dts-v1/;\n/ { a { y; }; };\n');
    expect(other.at(other.same(rows.at(3)))?.name).toBe('y');
    expect(other.same(rows.at(2))).toBe(-1);
    expect(other.same(undefined)).toBe(-1);
  });
});

describe('the colours of the source', () => {
  it('tell nodes, properties, values, labels and comments apart', () => {
    const doc = '/* two\nlines */ l: node@1 { reg = <0x10 &l>; s = "a; b"; // end\n};';
    const state = EditorState.create({ doc, extensions: [StreamLanguage.define(DTS_MODE)] });
    const found: string[] = [];
    syntaxTree(state).iterate({
      enter: ({ name, from, to }) => {
        if (name !== 'Document') found.push(`${name} ${doc.slice(from, to)}`);
      },
    });
    expect(found).toEqual(
      expect.arrayContaining([
        'comment /* two',
        'comment lines */',
        'typeName node@1',
        'propertyName reg',
        'number 0x10',
        'labelName &l',
        'string "a; b"',
        'comment // end',
      ]),
    );
  });
});
