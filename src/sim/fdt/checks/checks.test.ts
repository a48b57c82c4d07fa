import { describe, expect, it } from 'vitest';
import { compileDts } from '../compile.ts';
import { latin1Bytes } from '../tools/io.ts';

/** `name line:column` of every problem, and the status. */
function problems(body: string, head = '/dts-v1/;'): { status: number; found: string[] } {
  const compiled = compileDts(latin1Bytes(`${head}\n/ {\n${body}\n};\n`));
  const found = compiled.problems.map(({ kind, line, column }) =>
    line === undefined ? kind : `${kind} ${line}:${column ?? 0}`,
  );
  return { status: compiled.status, found };
}

describe('checks that refuse', () => {
  it.each([
    ['two nodes of one name', 'n { };\nn { };', ['duplicate_node_names 4:3']],
    ['two properties of one name', 'a; a;', ['duplicate_property_names 3:1']],
    ['a character in the name of a node', 'a?b { };', ['node_name_chars 3:5']],
    ['two units', 'a@1@2 { };', ['node_name_format 3:7']],
    ['a name that is no string', 'n { name = <1>; };', ['name_is_string 3:5']],
    ['a name that is not the node', 'n { name = "m"; };', ['name_properties 3:3']],
    ['one label twice', 'l: a { };\nl: b { };', ['duplicate_label 4:6']],
    ['a label of a value used for a node', 'a = <l: 1>;\nl: b { };', ['duplicate_label 2:3']],
    ['a phandle of 0', 'n { phandle = <0>; };', ['explicit_phandles 3:5']],
    ['a phandle of -1', 'n { phandle = <(-1)>; };', ['explicit_phandles 3:5']],
    ['a phandle of two cells', 'n { phandle = <1 2>; };', ['explicit_phandles 3:5']],
    ['a phandle twice', 'a { phandle = <1>; };\nb { phandle = <1>; };', ['explicit_phandles 4:3']],
    [
      'phandles that differ',
      'a { phandle = <1>; linux,phandle = <2>; };',
      ['explicit_phandles 3:3'],
    ],
    ['a phandle of another', 'l: a { };\nb { phandle = <&l>; };', ['explicit_phandles 4:3']],
    ['a reference to nothing', 'n { a = <&x>; };', ['phandle_references 3:3']],
    ['a path of nothing', 'n { a = &x; };', ['path_references 3:3']],
  ])('%s', (_what, body, found) => {
    const result = problems(body);
    expect(result.status).toBe(2);
    // dtc may warn before it comes to the error.
    expect(result.found.filter((one) => found.includes(one))).toEqual(found);
  });

  it('let the first failing check be the last', () => {
    expect(problems('a; a;\nn { };\nn { };').found).toEqual(['duplicate_node_names 5:3']);
  });

  it('take a right name away, and a reference to itself for a wish', () => {
    expect(problems('n { name = "n"; };').status).toBe(0);
    expect(problems('l: n { phandle = <&l>; };').status).toBe(0);
  });
});

describe('checks that warn', () => {
  it.each([
    ['node_name_vs_property_name', 'n; n { };'],
    ['address_cells_is_cell', '#address-cells = <1 2>;'],
    ['size_cells_is_cell', '#size-cells;'],
    ['device_type_is_string', 'device_type = <1>;'],
    ['model_is_string', 'model = [00 01];'],
    ['status_is_string', 'status = "a", "b";'],
    ['label_is_string', 'label;'],
    ['compatible_is_string_list', 'compatible = [61];'],
    ['names_is_string_list', 'clock-names = <1>;'],
    ['reg_format', 'n@1 { reg = <1 2>; };'],
    ['ranges_format', 'n { ranges = <1>; };'],
    ['dma_ranges_format', 'n { dma-ranges = <1>; };'],
    ['unit_address_vs_reg', 'n@1 { };'],
    ['unit_address_format', 'n@0x1 { reg = <0 1 1>; };'],
    ['pci_bridge', 'pci@1 { device_type = "pci"; };'],
    ['simple_bus_reg', 'n { compatible = "simple-bus"; ranges; x { }; };'],
    ['i2c_bus_bridge', 'i2c { x { }; };'],
    ['i2c_bus_reg', 'i2c { #address-cells = <1>; #size-cells = <0>; x@1 { reg = <2>; }; };'],
    ['spi_bus_bridge', 'spi { x { }; };'],
    ['spi_bus_reg', 'spi { #address-cells = <1>; #size-cells = <0>; x { }; };'],
    ['avoid_default_addr_size', 'n@1 { reg = <0 1 1>; };'],
    ['avoid_unnecessary_addr_size', 'n { #address-cells = <1>; #size-cells = <0>; x { }; };'],
    [
      'unique_unit_address',
      '#address-cells = <1>; #size-cells = <0>; a@1 { reg = <1>; }; b@1 { reg = <1>; };',
    ],
    ['obsolete_chosen_interrupt_controller', 'chosen { interrupt-controller; };'],
    ['chosen_node_is_root', 'n { chosen { }; };'],
    ['chosen_node_bootargs', 'chosen { bootargs = <1>; };'],
    ['chosen_node_stdout_path', 'chosen { linux,stdout-path = "x"; };'],
    ['clocks_property', 'l: a { }; b { clocks = <&l 1>; };'],
    ['clocks_is_cell', 'a { #clock-cells; };'],
    ['gpios_property', 'l: a { #gpio-cells = <2>; }; b { x-gpios = <&l 1>; };'],
    ['interrupts_property', 'n { interrupts = <1>; };'],
    ['interrupt_provider', 'n { interrupt-controller; };'],
    ['alias_paths', 'aliases { x = "/none"; };'],
    ['graph_endpoint', 'n { port { a: endpoint { remote-endpoint = <&b>; }; }; }; b: c { };'],
    ['graph_port', 'n { m { endpoint { }; }; };'],
    ['graph_child_address', 'n { port { #address-cells = <1>; endpoint { }; }; };'],
  ])('%s', (name, body) => {
    const { status, found } = problems(body);
    expect(status).toBe(0);
    expect(found.map((one) => one.split(' ')[0])).toContain(name);
  });

  it('say that they need others, without a position', () => {
    const { found } = problems('#address-cells = <1 2>;');
    expect(found).toContain('addr_size_cells');
    expect(found).toContain('reg_format');
  });

  it('are silent about a tree in order', () => {
    expect(
      problems(`#address-cells = <1>;
#size-cells = <1>;
gic: interrupt-controller@1000 {
	reg = <0x1000 0x1000>;
	interrupt-controller;
	#interrupt-cells = <1>;
	#address-cells = <0>;
};
serial@2000 {
	reg = <0x2000 0x100>;
	interrupt-parent = <&gic>;
	interrupts = <4>;
};`),
    ).toEqual({ status: 0, found: [] });
  });

  it('do not look for phandles an overlay leaves open', () => {
    const head = '/dts-v1/;\n/plugin/;';
    const { status, found } = problems('n { clocks = <&x 1>; interrupt-parent = <&y>; };', head);
    expect({ status, found }).toEqual({ status: 0, found: [] });
  });
});
