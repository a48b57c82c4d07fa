/**
 * Scenario blocks after which instance 2 runs on `cpus` under a name and listens to messages of a
 * category: where runs that are made up begin. The machine needs a pool.
 */
export const booting = (instance: string, cpus: string, listensTo: string): string =>
  `\`\`\`dts web.dts
/dts-v1/;
/ {
  compatible = "multikernel-v1";
  instances {
    ${instance} {
      id = <2>;
      resources { cpus = <${cpus}>; memory-bytes = <0x10000000>; };
    };
  };
};
\`\`\`

\`\`\`console host
mount -t multikernel none /sys/fs/multikernel
dtc -I dts -O dtb -o web.dtb web.dts
cat web.dtb > /sys/fs/multikernel/device_tree
kerf load --kernel=/boot/vmlinuz --id=2
kerf exec --id=2
\`\`\`

\`\`\`console ${instance}
mk listen ${listensTo}
\`\`\`
`;
