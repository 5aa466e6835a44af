import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;

/**
 * Registers devices d0 … dN-1 with the tokens tok0 …, and a tenth as many h0 … with hawkBit's clients and the tokens hawk0 …, straight in the
 * database of a stopped server: Seed URL N.
 */
class Seed {
    public static void main(String[] args) throws Exception {
        int devices = Integer.parseInt(args[1]);
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        byte[] digest = new byte[32];
        try (Connection connection = DriverManager.getConnection(args[0])) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO device (tenant, id, token_hash, created, board, digest, version, staging_size, capabilities)"
                            + " VALUES (1, ?, ?, 0, 'stm32f4xx', ?, '1.0.0', 2097152, 0)")) {
                for (int i = 0; i < devices; i++) {
                    insert.setString(1, "d" + i);
                    insert.setBytes(2, sha256.digest(("tok" + i).getBytes(StandardCharsets.US_ASCII)));
                    insert.setBytes(3, digest);
                    insert.addBatch();
                    if (i % 10_000 == 9_999) {
                        insert.executeBatch();
                    }
                }
                insert.executeBatch();
            }
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO device (tenant, id, token_hash, created, board, digest, version, staging_size, capabilities)"
                            + " VALUES (1, ?, ?, 0, '', ?, '', 1125899906842624, 4294967296)")) {
                for (int i = 0; i < devices / 10; i++) {
                    insert.setString(1, "h" + i);
                    insert.setBytes(2, sha256.digest(("hawk" + i).getBytes(StandardCharsets.US_ASCII)));
                    insert.setBytes(3, digest);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            try (Statement statement = connection.createStatement()) {
                // As after an update: something is installed, and attributes have been told.
                statement.execute("INSERT INTO target (device, attributes_wanted, installed, address)"
                        + " SELECT key, 0, 1, 'http://127.0.0.1' FROM device WHERE id LIKE 'h%'");
            }
            connection.commit();
        }
    }
}
