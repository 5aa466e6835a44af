package dev.updraft.server.device;

import dev.updraft.server.access.Bearer;
import dev.updraft.server.artifact.Download;
import dev.updraft.server.enrolment.ClientCertificates;
import dev.updraft.server.enrolment.ProvisioningKeys;
import dev.updraft.server.fleet.CheckIn;
import dev.updraft.server.fleet.Device;
import dev.updraft.server.fleet.Fleet;
import dev.updraft.server.fleet.Report;
import dev.updraft.server.gateway.Gateways;
import dev.updraft.server.http.Body;
import dev.updraft.server.http.Problem;
import dev.updraft.server.metric.Meters;
import dev.updraft.server.patch.Patches;
import dev.updraft.server.rollout.DeviceUpdates;
import dev.updraft.server.rollout.Offer;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** {@code /device/v1}: docs/reference/device-protocol.md. */
public final class DeviceApi implements HttpService {
    private static final HeaderName AWAITS_CONSENT = HeaderNames.create("Awaits-Consent");
    private static final HeaderName NEXT_CHECK_IN = HeaderNames.create("Next-Check-In");

    /** A check-in with every attribute it may have fits. */
    private static final int LARGEST_BODY = 32 * 1024;

    private final Fleet fleet;
    private final DeviceUpdates updates;
    private final ProvisioningKeys keys;
    private final ClientCertificates certificates;
    private final Gateways gateways;
    private final Meters meters;
    private final Download download;
    private final Patches patches;
    private final Pace pace;
    private final KnownCheckIns known = new KnownCheckIns();

    public DeviceApi(
            Fleet fleet,
            DeviceUpdates updates,
            ProvisioningKeys keys,
            ClientCertificates certificates,
            Gateways gateways,
            Download download,
            Patches patches,
            Pace pace,
            Meters meters) {
        this.fleet = fleet;
        this.keys = keys;
        this.certificates = certificates;
        this.gateways = gateways;
        this.meters = meters;
        this.updates = updates;
        this.download = download;
        this.patches = patches;
        this.pace = pace;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/{id}/check-in", this::checkIn)
                .get("/artifacts/{sha256}", this::fetch)
                .head("/artifacts/{sha256}", this::fetch)
                .post("/{id}/reports", this::report)
                .post("/{id}/consent", this::consent)
                .post("/{id}/enrol", this::enrol);
    }

    private void checkIn(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        Encoding encoding = Encoding.of(request);
        CheckIn facts = known.read(encoding, Body.read(request, LARGEST_BODY));
        if (!facts.equals(device.facts())) {
            long again = device.changesAgainIn(System.currentTimeMillis());
            if (again > 0) {
                throw Problem.tooMany(
                        "This device says something else of itself each time; one change in two seconds is taken.",
                        (int) again);
            }
        }
        Offer offer = updates.checkIn(device, facts);
        meters.checkIn(offer != null);
        response.header(NEXT_CHECK_IN, Long.toString(pace.next()));
        if (offer == null) {
            String version = updates.awaitsConsent(device);
            if (version != null) {
                response.header(AWAITS_CONSENT, version);
            }
            response.status(Status.NO_CONTENT_204).send();
        } else {
            Encoding form = encoding.answer(request);
            response.header(form.contentType())
                    .send(Messages.offer(form, offer, patches.find(device, offer.image(), facts)));
        }
    }

    private void consent(ServerRequest request, ServerResponse response) {
        Device device = device(request);
        Body.read(request, LARGEST_BODY);
        updates.agree(device);
        response.status(Status.NO_CONTENT_204).send();
    }

    private void enrol(ServerRequest request, ServerResponse response) {
        Encoding encoding = Encoding.of(request);
        Body.read(request, LARGEST_BODY);
        String id = request.path().pathParameters().get("id");
        String token = ClientCertificates.isShown(request)
                ? certificates.enrol(request, id)
                : keys.enrol(Bearer.token(request), id);
        Encoding form = encoding.answer(request);
        response.status(Status.CREATED_201).header(form.contentType()).send(Messages.token(form, token));
    }

    private void fetch(ServerRequest request, ServerResponse response) throws IOException {
        Device device = holder(request);
        String sha256 = request.path().pathParameters().get("sha256");
        switch (claim(device, sha256)) {
            case GOOD -> {}
            case WITHDRAWN ->
                throw Problem.gone(
                        "This image was withdrawn, or its rollout was aborted; drop what you have of it and check in.");
            case NONE -> throw Problem.notFound("There is no artifact with this SHA-256.");
        }
        download.send(request, response, sha256);
    }

    /** Who may have an image may have what makes it. */
    private DeviceUpdates.Claim claim(Device device, String sha256) {
        DeviceUpdates.Claim claim = updates.claim(device, sha256);
        String target = claim == DeviceUpdates.Claim.NONE ? patches.target(sha256) : null;
        return target == null ? claim : updates.claim(device, target);
    }

    private void report(ServerRequest request, ServerResponse response) {
        Speaker speaker = speaker(request);
        Device device = speaker.device();
        Encoding encoding = Encoding.of(request);
        byte[] body = Body.read(request, LARGEST_BODY);
        long now = System.currentTimeMillis();
        Report report = Messages.report(encoding, body, now);
        long again = device.reportsAgainIn(now);
        if (again > 0) {
            throw Problem.tooMany("This device reports too much; one report a second is taken.", (int) again);
        }
        updates.report(device, report.by(speaker.gateway()));
        meters.report(report.event().label());
        response.status(Status.NO_CONTENT_204).send();
    }

    /**
     * Who is asking.
     *
     * @param gateway that speaks for the device; null = the device itself
     */
    private record Speaker(Device device, @Nullable String gateway) {}

    private Device device(ServerRequest request) {
        return speaker(request).device();
    }

    /** The device that the path names, if the token is its own or a gateway's. */
    private Speaker speaker(ServerRequest request) {
        String id = request.path().pathParameters().get("id");
        Device device = ClientCertificates.isShown(request)
                ? certificates.holder(request)
                : fleet.holder(Bearer.token(request), id);
        if (device != null && device.id().equals(id)) {
            return new Speaker(device, null);
        }
        Gateways.Carried carried =
                ClientCertificates.isShown(request) ? null : gateways.find(Bearer.token(request), id);
        if (carried == null) {
            throw unknown();
        }
        return new Speaker(carried.device(), carried.gateway());
    }

    /** A gateway says with {@code ?device=ID} for whom it fetches. */
    private Device holder(ServerRequest request) {
        Device device = ClientCertificates.isShown(request)
                ? certificates.holder(request)
                : fleet.holder(Bearer.token(request));
        String id = request.query().first("device").orElse("");
        if (device == null && !id.isEmpty() && !ClientCertificates.isShown(request)) {
            Gateways.Carried carried = gateways.find(Bearer.token(request), id);
            device = carried == null ? null : carried.device();
        }
        if (device == null) {
            throw unknown();
        }
        return device;
    }

    private static Problem unknown() {
        // The same answer for a device that is not registered and for a wrong token: nobody learns which ids exist.
        return Problem.unauthorized("No device of this id holds this token.");
    }
}
