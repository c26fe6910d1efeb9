package demo

// sampleTopology is a small lab of our own, in the shape that CML writes.
const sampleTopology = `annotations: []
smart_annotations: []
nodes:
  - boot_disk_size: null
    configuration:
      - name: ios_config.txt
        content: |-
          hostname edge
          interface GigabitEthernet0/0
           ip address 192.0.2.1 255.255.255.0
    cpu_limit: null
    cpus: null
    data_volume: null
    hide_links: false
    id: n0
    image_definition: null
    label: edge
    node_definition: iosv
    parameters: {}
    ram: null
    tags:
      - serial:5001
      - routers
    x: -120
    y: 0
    interfaces:
      - id: i0
        label: Loopback0
        type: loopback
      - id: i1
        label: GigabitEthernet0/0
        slot: 0
        type: physical
  - boot_disk_size: null
    configuration: []
    cpu_limit: null
    cpus: null
    data_volume: null
    hide_links: false
    id: n1
    image_definition: null
    label: desk
    node_definition: desktop
    parameters: {}
    ram: null
    tags:
      - vnc:5002
    x: 120
    y: 0
    interfaces:
      - id: i0
        label: eth0
        slot: 0
        type: physical
links:
  - id: l0
    n1: n0
    n2: n1
    i1: i1
    i2: i0
    conditioning: {}
    label: edge-GigabitEthernet0/0<->desk-eth0
lab:
  description: Give the desk an address and reach the edge router.
  notes: |-
    1. Configure the interface of the edge router.
    2. Reach it from the desk.
  title: First steps
  version: 0.2.2
`

// Sample is the small lab that is booked where nobody brings one along.
func Sample() string { return sampleTopology }
