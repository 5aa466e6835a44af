import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;

/** Registers devices d0 … dN-1 with the tokens tok0 … straight in the database of a stopped server: Seed URL N. */
class Seed {
    public static void main(String[] args) throws Exception {
        int devices = Integer.parseInt(args[1]);
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        byte[] digest = new byte[32];
        try (Connection connection = DriverManager.getConnection(args[0])) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO device (tenant, id, token_hash, created, board, digest, version, room, can)"
                            + " VALUES (1, ?, ?, 0, 'stm32f407', ?, '1.0.0', 2097152, 0)")) {
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
            connection.commit();
        }
    }
}
