-- An example of what a script can do. Put it beside the program under the program's name plus ".lua"
-- (/data/openmiio_agent.lua). It is loaded when it appears and again when it changes; a mistake is logged
-- and does no harm. The rules are in docs/agent-lua.md.

local json = require("json")

local options = {
  -- A motion sensor that was changed to report all the time makes the gateway beep: drop the request for it.
  mute_buzzer = true,
  -- `{"id":1,"method":"cli","params":["reboot"]}` on miio/command runs a command. Everybody who reaches the
  -- broker can then do so, as root: set --mqtt.user and --mqtt.pass first.
  cli = false,
  -- What one program of the gateway asks another, on topic lua/asked. The request that is published when it
  -- beeps is the one to drop.
  show_requests = false,
}

-- Who asks. Others: 2 Bluetooth, 8 HomeKit, 16 automation, 32 gateway, 128 central.
local mqtt, cloud, zigbee = -1, 0, 4

-- Before a request goes on. Return nothing: it goes on unchanged; nil: it does not; a JSON text: that goes
-- on in its place.
function miio_request(from, method, req)
  if options.mute_buzzer and from == zigbee and method == "local.status"
      and req:find("dev_query_connect", 1, true) then
    return nil
  end

  if options.cli and method == "cli" and (from == mqtt or from == cloud) then
    local request = json.decode(req)
    local command = type(request.params) == "table" and request.params[1] or request.params
    local result = os.execute(tostring(command)) == 0 and "ok" or "error"
    miio_send(from, json.encode({id = request.id, result = {result}}))
    return nil
  end

  -- Only what goes to programs carries its sender; the rest is for the cloud.
  if options.show_requests and req:find('"_from":', 1, true) then
    mosquitto_pub("lua/asked", req)
  end
end

-- Before an answer goes back to who asked; `req` is what was asked. Returns as above. This one lets Zigbee
-- join as if the cloud had agreed:
--
-- function miio_response(to, method, req, res)
--   if to == zigbee and method == "_sync.zigbee3_bind" then
--     return json.encode({id = json.decode(req).id, result = {code = 0, message = "ok"}})
--   end
-- end

-- Every message on the broker; only define it when it is needed.
--
-- function mosquitto_sub(topic, payload)
--   if topic == "alarm/test" then
--     mosquitto_pub("alarm/seen", payload, false)
--   end
-- end
