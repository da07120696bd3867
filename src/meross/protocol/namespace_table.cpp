// Everything known of every namespace, one row each. A table: its length is the number of namespaces.
#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <tuple>

#include "lanbridge/meross/protocol/namespaces.hpp"

namespace lanbridge::meross {
namespace {

using enum GetShape;

// The index of a payload's objects, by the name of the member that holds it.
constexpr auto no_index = IndexKey::none;
constexpr auto channel = IndexKey::channel;
constexpr auto id = IndexKey::id;
constexpr auto sub_id = IndexKey::sub_id;

/// How and when a namespace is polled; what a row does not say is asked for by nobody's plan.
struct Polled {
    Strategy strategy = Strategy::none;
    int period_s = 300;
    int cloud_period_s = 1195;
    int base_size = 300;
    int item_size = 0;
    int chunk = 0;
};
consteval Polled all(int s, int cloud_s, int base, int item) {
    return {Strategy::all, s, cloud_s, base, item};
}
consteval Polled default_(int s, int cloud_s, int base, int item) {
    return {Strategy::default_, s, cloud_s, base, item};
}
consteval Polled smart(int s, int cloud_s, int base, int item) {
    return {Strategy::smart, s, cloud_s, base, item};
}
consteval Polled lazy(int s, int cloud_s, int base, int item) {
    return {Strategy::lazy, s, cloud_s, base, item};
}
consteval Polled once(int s, int cloud_s, int base, int item) {
    return {Strategy::once, s, cloud_s, base, item};
}
consteval Polled on_demand(int s, int cloud_s, int base, int item) {
    return {Strategy::on_demand, s, cloud_s, base, item};
}
consteval Polled chunked(int s, int cloud_s, int base, int item, int chunk) {
    return {Strategy::chunked, s, cloud_s, base, item, chunk};
}

/// `traits`: G, S, P, Q for GET, SET, PUSH from the device and PUSH as a query where seen to work; the small
/// letter where seen to fail; `!` for a namespace with side effects, or that upsets devices, when queried
/// blindly.
consteval Seen seen(std::string_view traits, char capital, char small) {
    if (traits.find(capital) != traits.npos) return Seen::yes;
    return traits.find(small) != traits.npos ? Seen::no : Seen::unknown;
}

consteval Namespace row(std::string_view name, std::string_view key, IndexKey index, GetShape shape,
                        std::string_view traits, Polled polled = {}) {
    Namespace entry;
    entry.name = name;
    entry.key = key;
    entry.index = index;
    entry.shape = shape;
    entry.get = seen(traits, 'G', 'g');
    entry.set = seen(traits, 'S', 's');
    entry.push = seen(traits, 'P', 'p');
    entry.push_query = seen(traits, 'Q', 'q');
    entry.do_not_probe = traits.find('!') != traits.npos;
    entry.strategy = polled.strategy;
    entry.period_s = polled.period_s;
    entry.cloud_period_s = polled.cloud_period_s;
    entry.base_size = polled.base_size;
    entry.item_size = polled.item_size;
    entry.chunk = polled.chunk;
    return entry;
}

/// What the namespace means when spoken to a hub.
consteval Namespace hub(std::string_view name, std::string_view key, IndexKey index, GetShape shape,
                        std::string_view traits, Polled polled = {}) {
    Namespace meaning = row(name, key, index, shape, traits, polled);
    meaning.hub = true;
    return meaning;
}

// State that System.All's digest carries (ToggleX, Light, GarageDoor.State, Spray, Diffuser.*,
// Thermostat.Mode …) has no polling plan of its own. ConsumptionX answers with 30 days of 53 characters
// whatever is asked.
// clang-format off
constexpr std::array table{
    row("Appliance.Config.Calibration",                  "calibration",    no_index, dict,       "G",
        lazy(300, 1195, 400, 0)),
    row("Appliance.Config.DeviceCfg",                    "config",         channel,  list_c,     "GSPQ",
        lazy(300, 1195, 300, 330)),
    hub("Appliance.Config.DeviceCfg",                    "config",         sub_id,   list_c,     "GSPQ"),
    row("Appliance.Config.Info",                         "info",           no_index, dict,       "GPQ"),
    row("Appliance.Config.Key",                          "key",            no_index, none,       "S!"),
    row("Appliance.Config.Matter",                       "config",         no_index, push_query, "PQ"),
    row("Appliance.Config.NtpSite",                      "ntpSite",        no_index, none,       ""),
    row("Appliance.Config.OverTemp",                     "overTemp",       no_index, dict,       "GS",
        lazy(300, 1195, 340, 0)),
    row("Appliance.Config.Sensor.Association",           "config",         channel,  list_c,     "GSPQ"),
    hub("Appliance.Config.Sensor.Association",           "config",         sub_id,   list_c,     "GSPQ"),
    row("Appliance.Config.StandbyKiller",                "config",         channel,  list_c,     "GSPQ",
        lazy(300, 1195, 300, 80)),
    row("Appliance.Config.Trace",                        "trace",          no_index, dict,       "G"),
    row("Appliance.Config.Wifi",                         "wifi",           no_index, none,       "S!"),
    row("Appliance.Config.WifiList",                     "wifiList",       no_index, dict,       "G"),
    row("Appliance.Config.WifiX",                        "wifi",           no_index, none,       "S!"),
    row("Appliance.Control.Alarm",                       "alarm",          channel,  list,       "G"),
    row("Appliance.Control.AlertConfig",                 "config",         channel,  list_c,     "GSPQ",
        lazy(300, 1195, 300, 80)),
    row("Appliance.Control.AlertReport",                 "report",         channel,  list_c,     "G"),
    row("Appliance.Control.Beep",                        "beep",           channel,  none,       ""),
    row("Appliance.Control.Bind",                        "bind",           no_index, none,       "!"),
    row("Appliance.Control.ChangeWiFi",                  "",               no_index, none,       "!"),
    row("Appliance.Control.CircuitFactor",               "circuitFactor",  channel,  dict,       "G"),
    row("Appliance.Control.CloudEvent",                  "",               no_index, none,       ""),
    row("Appliance.Control.Consumption",                 "",               no_index, dict,       "G"),
    row("Appliance.Control.ConsumptionConfig",           "config",         no_index, dict,       "GsP"),
    row("Appliance.Control.ConsumptionH",                "consumptionH",   channel,  list_c,     "G",
        smart(55, 600, 320, 900)),
    row("Appliance.Control.ConsumptionX",                "consumptionx",   no_index, list,       "GP",
        smart(55, 600, 1910, 0)),
    row("Appliance.Control.Diffuser.Light",              "light",          channel,  dict,       "GSP"),
    row("Appliance.Control.Diffuser.Sensor",             "",               no_index, dict,       "GP",
        lazy(300, 600, 300, 100)),
    row("Appliance.Control.Diffuser.Spray",              "spray",          channel,  dict,       "GSP"),
    row("Appliance.Control.Electricity",                 "electricity",    channel,  dict,       "GP",
        smart(0, 180, 430, 0)),
    row("Appliance.Control.ElectricityX",                "electricity",    channel,  list_c,     "GP",
        smart(0, 180, 300, 100)),
    row("Appliance.Control.Fan",                         "fan",            channel,  list_c,     "GS",
        default_(0, 1195, 300, 20)),
    row("Appliance.Control.Fan.BtnConfig",               "config",         channel,  push_query, "SPQ"),
    row("Appliance.Control.Fan.Config",                  "config",         channel,  list_c,     "GS"),
    row("Appliance.Control.FilterMaintenance",           "filter",         channel,  push_query, "PQ",
        smart(1195, 1195, 300, 35)),
    row("Appliance.Control.Light",                       "light",          channel,  dict,       "GSP"),
    row("Appliance.Control.Light.Effect",                "effect",         channel,  list,       "GS",
        lazy(300, 1195, 1850, 0)),
    row("Appliance.Control.Light.Favorite",              "favorite",       no_index, dict,       "G"),
    row("Appliance.Control.McuUpgrade",                  "",               no_index, none,       "!"),
    row("Appliance.Control.Mp3",                         "mp3",            channel,  dict,       "GSP",
        default_(0, 0, 380, 0)),
    row("Appliance.Control.Multiple",                    "multiple",       no_index, none,       "S"),
    row("Appliance.Control.OverTemp",                    "overTemp",       channel,  none,       "P"),
    row("Appliance.Control.PhysicalLock",                "lock",           channel,  push_query, "SPQ",
        lazy(300, 1195, 300, 35)),
    row("Appliance.Control.PowerRetention",              "powerRetention", channel,  list_c,     "G",
        lazy(300, 1195, 300, 40)),
    row("Appliance.Control.Presence.Config",             "config",         channel,  list_c,     "GS",
        lazy(300, 1195, 300, 260)),
    row("Appliance.Control.Presence.Study",              "study",          channel,  push_query, "PQ"),
    row("Appliance.Control.Screen.Brightness",           "brightness",     channel,  list_c,     "GSP",
        lazy(300, 1195, 300, 70)),
    row("Appliance.Control.Sensor.Association",          "control",        channel,  none,       ""),
    row("Appliance.Control.Sensor.History",              "history",        channel,  list_c,     "GP"),
    row("Appliance.Control.Sensor.HistoryX",             "history",        channel,  list_sx,    "G!"),
    hub("Appliance.Control.Sensor.HistoryX",             "history",        sub_id,   list_c,     "G!"),
    row("Appliance.Control.Sensor.Latest",               "latest",         channel,  list_c,     "GP",
        lazy(300, 600, 300, 80)),
    row("Appliance.Control.Sensor.LatestX",              "latest",         channel,  list_sx,    "GP",
        lazy(300, 1195, 300, 220)),
    hub("Appliance.Control.Sensor.LatestX",              "latest",         sub_id,   list_c,     "GP",
        lazy(300, 1195, 300, 220)),
    row("Appliance.Control.Smoke.Config",                "config",         channel,  list,       "G"),
    row("Appliance.Control.Spray",                       "spray",          channel,  dict,       "GSP"),
    row("Appliance.Control.TempUnit",                    "tempUnit",       channel,  list_c,     "GS",
        lazy(300, 1195, 300, 30)),
    row("Appliance.Control.Thermostat.Alarm",            "alarm",          channel,  list_c,     "GP",
        lazy(300, 600, 300, 50)),
    row("Appliance.Control.Thermostat.AlarmConfig",      "alarmConfig",    channel,  list_c,     "GS",
        lazy(300, 1195, 300, 110)),
    row("Appliance.Control.Thermostat.Calibration",      "calibration",    channel,  list_c,     "GS",
        lazy(300, 1195, 300, 80)),
    row("Appliance.Control.Thermostat.CompressorDelay",  "delay",          channel,  list_c,     "GS",
        lazy(300, 1195, 300, 50)),
    row("Appliance.Control.Thermostat.CtlRange",         "ctlRange",       channel,  list_c,     "GS",
        once(0, 0, 300, 80)),
    row("Appliance.Control.Thermostat.DeadZone",         "deadZone",       channel,  list_c,     "GS",
        lazy(300, 1195, 300, 80)),
    row("Appliance.Control.Thermostat.Frost",            "frost",          channel,  list_c,     "GS",
        lazy(300, 600, 300, 80)),
    row("Appliance.Control.Thermostat.HoldAction",       "holdAction",     channel,  list_c,     "GSP",
        lazy(300, 1195, 300, 30)),
    row("Appliance.Control.Thermostat.Mode",             "mode",           channel,  list_c,     "GSP"),
    row("Appliance.Control.Thermostat.ModeB",            "modeB",          channel,  list_c,     "GSP"),
    row("Appliance.Control.Thermostat.ModeC",            "control",        channel,  list_c,     "GSP",
        default_(0, 0, 300, 120)),
    row("Appliance.Control.Thermostat.Overheat",         "overheat",       channel,  list_c,     "GS",
        lazy(300, 600, 300, 140)),
    row("Appliance.Control.Thermostat.Schedule",         "schedule",       channel,  list_c,     "GSP",
        lazy(300, 0, 300, 550)),
    row("Appliance.Control.Thermostat.ScheduleB",        "scheduleB",      channel,  list_c,     "GSP",
        lazy(300, 0, 300, 550)),
    row("Appliance.Control.Thermostat.Sensor",           "sensor",         channel,  list_c,     "GP",
        lazy(300, 600, 300, 40)),
    row("Appliance.Control.Thermostat.SummerMode",       "summerMode",     channel,  list_c,     "GSP"),
    row("Appliance.Control.Thermostat.System",           "control",        channel,  list_c,     "GSPQ",
        lazy(300, 1195, 300, 230)),
    row("Appliance.Control.Thermostat.Timer",            "timer",          channel,  list_c,     "GSP",
        default_(0, 0, 300, 550)),
    row("Appliance.Control.Thermostat.WindowOpened",     "windowOpened",   channel,  list_c,     "GP"),
    row("Appliance.Control.Timer",                       "timer",          no_index, list,       "GS"),
    row("Appliance.Control.TimerX",                      "timerx",         channel,  dict_id,    "GS"),
    row("Appliance.Control.Toggle",                      "toggle",         no_index, dict,       "GSP"),
    row("Appliance.Control.ToggleX",                     "togglex",        channel,  dict,       "GSP"),
    row("Appliance.Control.Trigger",                     "trigger",        no_index, dict,       "GSP"),
    row("Appliance.Control.TriggerX",                    "triggerx",       channel,  dict_id,    "GSP!"),
    row("Appliance.Control.Unbind",                      "",               no_index, push_query, "Q!"),
    row("Appliance.Control.Upgrade",                     "upgrade",        no_index, none,       "SP!"),
    row("Appliance.Control.Weather",                     "",               no_index, none,       ""),
    hub("Appliance.Digest.Hub",                          "hub",            no_index, list,       "G"),
    row("Appliance.Digest.TimerX",                       "digest",         channel,  list,       "G"),
    row("Appliance.Digest.TriggerX",                     "digest",         channel,  list,       "G"),
    row("Appliance.Encrypt.ECDHE",                       "ecdhe",          no_index, none,       "S"),
    row("Appliance.Encrypt.Suite",                       "suite",          no_index, dict,       "G"),
    row("Appliance.GarageDoor.Config",                   "config",         no_index, dict,       "GS",
        lazy(300, 1195, 410, 0)),
    row("Appliance.GarageDoor.MultipleConfig",           "config",         channel,  list_c,     "GS",
        lazy(300, 1195, 300, 140)),
    row("Appliance.GarageDoor.State",                    "state",          channel,  dict,       "GSP"),
    hub("Appliance.Hub.Battery",                         "battery",        id,       list,       "GP",
        smart(3600, 3600, 300, 40)),
    hub("Appliance.Hub.Bind",                            "bind",           id,       none,       "P"),
    hub("Appliance.Hub.Exception",                       "exception",      id,       none,       "P!"),
    hub("Appliance.Hub.ExtraInfo",                       "extraInfo",      no_index, dict,       "G"),
    hub("Appliance.Hub.Mts100.Adjust",                   "adjust",         id,       list,       "GS",
        lazy(1195, 1195, 300, 40)),
    hub("Appliance.Hub.Mts100.All",                      "all",            id,       list,       "G",
        chunked(295, 1195, 300, 350, 8)),
    hub("Appliance.Hub.Mts100.Config",                   "config",         id,       list,       "GS"),
    hub("Appliance.Hub.Mts100.Mode",                     "mode",           id,       list,       "GSP",
        smart(295, 1195, 300, 35)),
    hub("Appliance.Hub.Mts100.Schedule",                 "schedule",       id,       list,       "GSP"),
    hub("Appliance.Hub.Mts100.ScheduleB",                "schedule",       id,       list,       "GSP",
        chunked(1195, 1195, 300, 500, 4)),
    hub("Appliance.Hub.Mts100.SuperCtl",                 "superCtl",       id,       list,       "GP"),
    hub("Appliance.Hub.Mts100.Temperature",              "temperature",    id,       list,       "GSP",
        smart(295, 1195, 300, 150)),
    hub("Appliance.Hub.Mts100.TimeSync",                 "timeSync",       id,       list,       "GP"),
    hub("Appliance.Hub.Online",                          "online",         id,       list,       "GP",
        smart(295, 1195, 300, 60)),
    row("Appliance.Hub.PairSubDev",                      "pairSubDev",     no_index, none,       ""),
    hub("Appliance.Hub.Report",                          "report",         no_index, none,       "gP!"),
    hub("Appliance.Hub.Sensitivity",                     "sensitivity",    id,       list,       "GP"),
    hub("Appliance.Hub.Sensor.Adjust",                   "adjust",         id,       list,       "GS",
        lazy(1195, 1195, 300, 60)),
    hub("Appliance.Hub.Sensor.Alert",                    "alert",          id,       list,       "GP"),
    hub("Appliance.Hub.Sensor.All",                      "all",            id,       list,       "G",
        chunked(295, 1195, 300, 250, 8)),
    hub("Appliance.Hub.Sensor.DoorWindow",               "doorWindow",     id,       list,       "GP"),
    hub("Appliance.Hub.Sensor.Latest",                   "latest",         id,       list,       "GP"),
    hub("Appliance.Hub.Sensor.Motion",                   "motion",         id,       list,       "GP"),
    hub("Appliance.Hub.Sensor.Smoke",                    "smokeAlarm",     id,       list,       "GSP"),
    hub("Appliance.Hub.Sensor.TempHum",                  "tempHum",        id,       list,       "GP"),
    hub("Appliance.Hub.Sensor.WaterLeak",                "waterLeak",      id,       list,       "GP"),
    hub("Appliance.Hub.SubDevice.Beep",                  "beep",           id,       none,       ""),
    hub("Appliance.Hub.SubDevice.MotorAdjust",           "adjust",         id,       none,       ""),
    hub("Appliance.Hub.SubDevice.Version",               "version",        id,       list,       "GP",
        once(0, 1195, 300, 55)),
    hub("Appliance.Hub.SubdeviceList",                   "subdeviceList",  no_index, none,       "gP!"),
    hub("Appliance.Hub.ToggleX",                         "togglex",        id,       list,       "GSP",
        default_(0, 0, 300, 35)),
    hub("Appliance.Hub.Unbind",                          "bind",           id,       none,       "P"),
    row("Appliance.Mcu.Firmware",                        "firmware",       no_index, none,       "!"),
    row("Appliance.Mcu.Hp110.Favorite",                  "favorite",       no_index, dict,       "G"),
    row("Appliance.Mcu.Hp110.Firmware",                  "firmware",       no_index, dict,       "G"),
    row("Appliance.Mcu.Hp110.Lock",                      "lock",           no_index, dict,       "G",
        lazy(300, 1195, 330, 0)),
    row("Appliance.Mcu.Hp110.Preview",                   "",               no_index, dict,       "G!"),
    row("Appliance.Mcu.Upgrade",                         "",               no_index, none,       "!"),
    row("Appliance.RollerShutter.Adjust",                "adjust",         channel,  push_query, "PQ",
        lazy(300, 1195, 300, 35)),
    row("Appliance.RollerShutter.Config",                "config",         channel,  list,       "GS",
        lazy(300, 1195, 300, 70)),
    row("Appliance.RollerShutter.Position",              "position",       channel,  list,       "GSP",
        default_(0, 0, 300, 50)),
    row("Appliance.RollerShutter.State",                 "state",          channel,  list,       "GP",
        default_(0, 0, 300, 40)),
    row("Appliance.System.Ability",                      "ability",        no_index, dict,       "G"),
    row("Appliance.System.All",                          "all",            no_index, dict,       "G",
        all(295, 0, 1000, 0)),
    row("Appliance.System.Clock",                        "clock",          no_index, push_query, "gPQ!"),
    row("Appliance.System.DNDMode",                      "DNDMode",        no_index, dict,       "GS",
        lazy(300, 1195, 320, 0)),
    row("Appliance.System.Debug",                        "debug",          no_index, dict,       "G",
        on_demand(0, 0, 1900, 0)),
    row("Appliance.System.Factory",                      "factory",        no_index, dict,       "G"),
    row("Appliance.System.Firmware",                     "firmware",       no_index, dict,       "G"),
    row("Appliance.System.Hardware",                     "hardware",       no_index, dict,       "G"),
    row("Appliance.System.Log",                          "log",            no_index, none,       ""),
    row("Appliance.System.Online",                       "online",         no_index, dict,       "GP"),
    row("Appliance.System.Position",                     "position",       no_index, dict,       "GS"),
    row("Appliance.System.Report",                       "report",         no_index, none,       "P"),
    row("Appliance.System.Runtime",                      "runtime",        no_index, dict,       "G",
        lazy(300, 1195, 330, 0)),
    row("Appliance.System.Time",                         "time",           no_index, dict,       "GSP"),
};
// clang-format on

constexpr bool before(const Namespace& a, const Namespace& b) {
    return std::tie(a.name, a.hub) < std::tie(b.name, b.hub);
}
static_assert(std::ranges::adjacent_find(table, std::not_fn(before)) == table.end(),
              "rows must be strictly ascending by name, the device's row before the hub's");

}  // namespace

std::span<const Namespace> namespaces() noexcept { return table; }

}  // namespace lanbridge::meross
