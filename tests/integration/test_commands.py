"""Commands on MQTT, and what reaches the device's socket."""

from house import HouseTest, main
from listener import Listener
from plug_test import PlugTest
from programs import Bridge, Broker, Simulator


class Commands(PlugTest):
    def test_switches_with_one_set_each(self):
        self.switch("OFF", "OFF")
        self.assertEqual(0, self.ask("Appliance.Control.ToggleX", "togglex")["onoff"])
        self.switch("ON", "ON")
        self.assertEqual(1, self.ask("Appliance.Control.ToggleX", "togglex")["onoff"])
        self.switch("off", "OFF")
        self.assertEqual({"togglex": {"channel": 0, "onoff": 0}}, self.wire.sets()[-1])

    def test_asking_for_the_present_state_still_reaches_the_device(self):
        self.switch("ON", "ON")
        self.switch("ON", "ON")

    def test_numbers_and_settings(self):
        self.broker.publish(f"{self.base}/standby_power/set", "5.5")
        self.wait_for("the number to follow",
                      lambda: float(self.listener.get(f"{self.base}/standby_power/state")) == 5.5)
        self.assertEqual(5500, self.ask("Appliance.Config.StandbyKiller", "config")["power"])
        self.broker.publish(f"{self.base}/led/set", "OFF")
        self.wait_payload(self.listener, f"{self.base}/led/state", "OFF")

    def refused(self, entity, payload, reason, name_space="Appliance.Control.ToggleX"):
        """The old state comes back, the log says why, nothing reaches the device."""
        state = f"{self.base}/{entity}/state"
        old, sets = self.listener.get(state), len(self.wire.sets(name_space))
        arrived, logged = self.listener.count(), len(self.bridge.log())
        self.broker.publish(f"{self.base}/{entity}/set", payload)
        self.wait_for(f"{state} to be published again after {payload[:40]!r}",
                      lambda: self.listener.seen(state, arrived))
        self.assertEqual([old], self.listener.seen(state, arrived))
        self.wait_log(self.bridge, reason, logged)
        self.wait_for("the bridge event", lambda: any('"device_error"' in p for p in self.listener.seen(
            "lanbridge/bridge/event", arrived)))
        self.assertEqual(sets, len(self.wire.sets(name_space)))

    def test_wrong_values_are_refused(self):
        for payload in ("maybe", "2", "{\"state\":\"ON\"}", "ON ON", "\x01\x02"):
            with self.subTest(payload=payload):
                self.refused("switch_0", payload, "switch_0")
        killer = "Appliance.Config.StandbyKiller"
        for payload in ("1000000", "-1", "warm", "NaN", "1e400"):
            with self.subTest(payload=payload):
                self.refused("standby_power", payload, "standby_power", killer)
        self.refused("standby_time", "99999", "3600", killer)

    def test_strange_targets_are_ignored_with_a_warning(self):
        for topic in (f"{self.base}/no_such_entity/set", "lanbridge/meross_000000000000/switch_0/set",
                      f"{self.base}/power/set", f"{self.base}/switch_0/no_part/set"):
            with self.subTest(topic=topic):
                # one warning in 10 s, the others are counted: each of them comes to the log some time
                self.broker.publish(topic, "ON")
        self.wait_log(self.bridge, "/no_such_entity/set")
        self.broker.publish(f"{self.base}/switch_0/set", "x" * 100_000)
        self.switch("OFF", "OFF")
        self.assertEqual(1, len(self.wire.sets()))
        self.assertNotIn(f"{self.base}/no_such_entity/state", self.listener.latest)

    def test_retained_commands_are_cleared_and_not_executed(self):
        before = self.listener.get(self.state)
        other = "OFF" if before == "ON" else "ON"
        topic = f"{self.base}/switch_0/set"
        self.bridge.stop()
        self.broker.publish(topic, other, retain=True)
        sets = len(self.wire.sets())
        self.bridge.start()
        self.wait_online(self.listener, self.plug)
        self.wait_for("the retained command to be cleared",
                      lambda: topic not in self.house.retained(self.broker, topic))
        self.wait_log(self.bridge, topic)
        self.assertEqual(before, self.listener.get(self.state))
        self.assertEqual(sets, len(self.wire.sets()))

    def test_retained_command_that_comes_while_we_listen(self):
        """MQTT 5 can tell it from others, so it is treated as one found at the start."""
        before = self.listener.get(self.state)
        topic = f"{self.base}/switch_0/set"
        self.broker.publish(topic, "OFF" if before == "ON" else "ON", retain=True)
        self.wait_for("the retained command to be cleared",
                      lambda: topic not in self.house.retained(self.broker, topic))
        self.assertEqual([], self.wire.sets())
        self.assertEqual(before, self.listener.get(self.state))

    def test_burst_ends_with_the_last_word(self):
        for wanted in ("ON", "OFF") * 10:
            self.broker.publish(f"{self.base}/switch_0/set", wanted)
        self.wait_for("the last command at the device", lambda: self.wire.sets() and
                      self.wire.sets()[-1]["togglex"]["onoff"] == 0)
        self.wait_payload(self.listener, self.state, "OFF")
        self.assertEqual(0, self.ask("Appliance.Control.ToggleX", "togglex")["onoff"])


class Strip(HouseTest):
    """One master, several outlets."""

    def test_master_and_outlets(self):
        broker = Broker(self.house)
        listener = Listener(self.house, broker)
        strip = Simulator(self.house, "mss425f")[0]
        Bridge(self.house, self.config(broker, strip))
        self.wait_online(listener, strip)
        entities = self.wait_for("the strip in bridge/devices", lambda: self.listed(listener, strip.address))
        switches = [e for e in entities["entities"] if e.startswith("switch_")]
        self.assertGreaterEqual(len(switches), 5)
        for wanted in ("ON", "OFF"):
            broker.publish(f"lanbridge/{strip.id}/switch_0/set", wanted)
            for switch in switches:
                self.wait_payload(listener, f"lanbridge/{strip.id}/{switch}/state", wanted)
        broker.publish(f"lanbridge/{strip.id}/switch_2/set", "ON")
        self.wait_payload(listener, f"lanbridge/{strip.id}/switch_2/state", "ON")
        self.assertEqual("OFF", listener.get(f"lanbridge/{strip.id}/switch_1/state"))


if __name__ == "__main__":
    main()
