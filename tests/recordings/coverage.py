"""What a complete bridge publishes for each recorded device: entities, and the first states."""

METER = {"power", "voltage", "current", "energy"}
COMMON = {"signal", "led"}
PLUG = COMMON | {"switch_0"}
FROST = {"frost", "frost_switch", "frost_warning"}
PRESETS = {"preset_comfort", "preset_sleep", "preset_away"}
SCREEN = {"screen_operation", "screen_standby"}
HOLD = {"hold_action", "hold_time"}


def numbered(keys, numbers):
    return {f"{key}_{number}" for key in keys for number in numbers}


DOOR = {"cover", "door", "timeout", "buzzer", "open_duration", "close_duration"}
VALVE = {"climate", "temperature", "adjust", "window", "battery"} | PRESETS
MS100 = {"temperature", "humidity", "battery", "adjust_temperature", "adjust_humidity"}
MS200 = {"door", "battery"}
GS559 = {"alarm", "error", "muted", "status", "interconn", "mute", "test", "battery"}


class Expected:
    """`entities` of the main device, `behind` those of each subdevice in any order. `first`: states as they are
    first told, by topic below the device; a dictionary stands for a JSON state that holds at least that.
    `behind_states`: each is shown by one of the subdevices. `unavailable`: entities that are off while the
    device is on."""

    def __init__(self, entities, first=None, behind=(), behind_states=(), unavailable=()):
        self.entities = entities
        self.first = first or {}
        self.behind = list(behind)
        self.behind_states = list(behind_states)
        self.unavailable = unavailable


EXPECTED = {
    "mss310.csv": Expected(PLUG | METER, {
        "switch_0/state": "OFF", "current/state": 0, "voltage/state": 238.0, "power/state": 0,
        "energy/state": 180, "signal/state": 76}),
    "mss310-old.csv": Expected(PLUG | METER, {
        "switch_0/state": "ON", "current/state": 0.418, "voltage/state": 238.7, "power/state": 67.379}),
    "mss305.json.txt": Expected(
        PLUG | METER | {"over_temp", "over_temp_type", "standby_killer", "standby_power", "standby_time",
                        "standby_alert"},
        {"switch_0/state": "ON", "current/state": 0.290, "voltage/state": 233.1, "power/state": 5.297,
         "over_temp/state": "ON", "over_temp_type/state": "early_warning", "standby_killer/state": "OFF",
         "standby_power/state": 0, "standby_time/state": 300}),
    "mss210.json.txt": Expected(PLUG, {"switch_0/state": "OFF", "signal/state": 100}),
    "msl320cpr-old.csv": Expected({"light_0", "signal"}, {
        "light_0/state": {"color_mode": "color_temp", "color_temp": 4773, "brightness": 100}}),
    "msl320cpr.json.txt": Expected({"light_0", "signal"}, {
        "light_0/state": {"color_mode": "color_temp", "color_temp": 3506, "brightness": 100}}),
    "mod100.csv": Expected({"light_0", "spray_0", "signal"}, {
        "light_0/state": {"state": "OFF", "color": {"r": 63, "g": 0, "b": 255}, "effect": "rainbow"},
        "spray_0/state": "off"}),
    "mfc100.json.txt": Expected(COMMON | {"switch_0", "light_1", "fan_2"}, {
        "switch_0/state": "OFF", "fan_2/state": "OFF", "fan_2/percentage": 0,
        "light_1/state": {"state": "OFF", "brightness": 100}}),
    "mrs100-old.csv": Expected(COMMON | {"cover_0", "signal_open", "signal_close"}, {
        "cover_0/position": 0, "cover_0/state": "closed", "signal_open/state": 50, "signal_close/state": 50}),
    "mrs100.json.txt": Expected(
        COMMON | {"cover_0", "signal_open", "signal_close", "stopped_by", "calibration_status", "calibrate"},
        {"cover_0/position": 0, "cover_0/state": "closed", "signal_open/state": 28.2,
         "signal_close/state": 26.1, "led/state": "OFF"}),
    "msg100.csv": Expected(COMMON | {"signal_duration"} | numbered(DOOR, [0]), {
        "cover_0/state": "open", "door_0/state": "ON", "buzzer_0/state": "OFF", "open_duration_0/state": 30,
        "close_duration_0/state": 30, "signal_duration/state": 1}),
    "msg200.json.txt": Expected(
        COMMON | numbered(DOOR | {"signal_open", "signal_close", "enable"}, [1, 2, 3]),
        {"cover_1/state": "closed", "cover_2/state": "closed", "open_duration_1/state": 15,
         "close_duration_2/state": 15, "enable_1/state": "ON", "enable_3/state": "OFF"},
        unavailable=("cover_3", "door_3")),
    "mts200b.json.txt": Expected(
        {"climate", "temperature", "calibration", "deadzone", "overheat", "overheat_switch",
         "overheat_warning", "floor_temperature", "external_sensor", "window", "lock", "signal"}
        | PRESETS | FROST | HOLD | SCREEN,
        {"climate/mode": "heat", "climate/preset_mode": "auto", "climate/action": "heating",
         "climate/current_temperature": 20, "climate/temperature": 21, "preset_comfort/state": 21,
         "preset_sleep/state": 20, "preset_away/state": 20, "calibration/state": -0.8, "deadzone/state": 0.5,
         "frost_switch/state": "ON", "frost/state": 5, "overheat_switch/state": "ON", "overheat/state": 25,
         "overheat_warning/state": "disconnected", "floor_temperature/state": "None",
         "screen_operation/state": 100, "screen_standby/state": 12.5}),
    "mts300.json.txt": Expected(
        {"climate", "temperature", "humidity", "heating_status", "cooling_status", "auxiliary_status",
         "fan_status", "humidifier_status", "fan_hold", "fan_hold_time", "calibration", "temp_unit", "lock",
         "filter_life", "signal",
         # The recording is silent about Calibration; what the simulation fills in has the member that makes it.
         "humidity_calibration"} | HOLD | SCREEN,
        {"climate/mode": "heat_cool", "climate/temperature_low": 21, "climate/temperature_high": 24,
         "climate/current_temperature": 22, "climate/current_humidity": 49.5, "climate/action": "idle",
         "climate/preset_mode": "auto", "climate/fan_mode": "auto", "hold_action/state": "next_schedule",
         "filter_life/state": 100}),
    "mts960.csv": Expected(
        {"climate", "temperature", "plug_state", "sensor_problem", "calibration", "deadzone", "temp_unit",
         "ctl_min", "ctl_max", "alarm_high", "alarm_low", "alarm_high_enable", "alarm_low_enable", "alarm",
         "compressor_delay", "compressor_delay_enable", "timer_down", "timer_cycle_on", "timer_cycle_off",
         "lock", "signal"} | FROST | METER,
        {"climate/mode": "cool", "climate/preset_mode": "cooling", "climate/action": "idle",
         "climate/current_temperature": 19.45, "climate/temperature": 26, "plug_state/state": "OFF",
         "ctl_min/state": 0, "ctl_max/state": 50, "calibration/state": -2.8, "deadzone/state": 3,
         "frost_switch/state": "OFF", "frost/state": 7, "alarm_high/state": 60, "alarm_low/state": -35,
         "alarm_high_enable/state": "ON", "alarm_low_enable/state": "ON"}),
    "msh300.csv": Expected(
        COMMON, behind=[MS100, VALVE, VALVE],
        behind_states=[{"temperature/state": 15.2, "humidity/state": 71, "battery/state": 50},
                       {"climate/preset_mode": "comfort", "climate/action": "heating",
                        "climate/current_temperature": 15.5, "climate/temperature": 27},
                       {"adjust/state": 0.5}]),
    "msh300hk-ms200-gs559.csv": Expected(
        COMMON, behind=[MS200, VALVE, GS559],
        behind_states=[{"door/state": "OFF"},
                       {"climate/current_temperature": 22.5, "climate/temperature": 15,
                        "climate/preset_mode": "comfort", "adjust/state": -0.2},
                       {"alarm/state": "OFF", "status/state": "ok"}]),
    "msh300hk.csv": Expected(COMMON, behind=[VALVE] * 15,
                             behind_states=[{"climate/preset_mode": "auto"}] * 15),
    "ms600.json.txt": Expected(
        COMMON | {"presence", "distance", "times", "illuminance", "work_mode", "test_mode", "no_body_time",
                  "max_distance", "sensitivity", "mth1", "mth2", "mth3"},
        {"presence/state": "OFF", "distance/state": 5.76, "no_body_time/state": 15, "max_distance/state": 8.1,
         "sensitivity/state": "2"}),
}
