package dev.updraft.cli.factory;

import dev.updraft.cli.UserError;
import dev.updraft.cli.file.InputFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Devices to be made, of a CSV file: its first line names the settings (docs/reference/device-settings.md), each other one is a device. */
final class DeviceList {
    private DeviceList() {}

    /** The settings of each device, with its id; empty cells are left out. */
    static List<Map<String, String>> read(Path file) {
        List<String> lines = InputFile.text(file).lines().toList();
        if (lines.isEmpty()) {
            throw new UserError("'" + file + "' is empty: its first line names the settings, as id,ssid.");
        }
        List<String> names = cells(file, 1, lines.getFirst());
        if (!names.contains("id")) {
            throw new UserError("The first line of '" + file + "' names no 'id': it names the settings, as id,ssid.");
        }
        List<Map<String, String>> devices = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            List<String> cells = cells(file, i + 1, lines.get(i));
            if (cells.size() != names.size()) {
                throw new UserError("Line " + (i + 1) + " of '" + file + "' has " + cells.size()
                        + " cells and the first has " + names.size() + ".");
            }
            Map<String, String> device = new LinkedHashMap<>();
            for (int c = 0; c < cells.size(); c++) {
                if (!cells.get(c).isEmpty()) {
                    device.put(names.get(c), cells.get(c));
                }
            }
            String id = device.getOrDefault("id", "");
            if (id.isEmpty() || !ids.add(id)) {
                throw new UserError("Line " + (i + 1) + " of '" + file + "' "
                        + (id.isEmpty() ? "has no id." : "has the id '" + id + "' of an earlier line."));
            }
            devices.add(device);
        }
        return devices;
    }

    /** Commas part cells; one in quotes may hold commas, and quotes twice (RFC 4180). */
    private static List<String> cells(Path file, int number, String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString().strip());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        if (quoted) {
            throw new UserError("Line " + number + " of '" + file + "' has a quote that is not closed.");
        }
        cells.add(cell.toString().strip());
        return cells;
    }
}
