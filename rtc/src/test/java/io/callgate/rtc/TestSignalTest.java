package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.testsignal.NumberedPicture;
import io.callgate.rtc.testsignal.Tone;
import org.junit.jupiter.api.Test;

class TestSignalTest {
    @Test
    void everyNumberIsReadBack() {
        for (int number = 0; number < 256; number++) {
            assertThat(NumberedPicture.read(NumberedPicture.draw(160, 120, number, number)))
                    .hasValue(number);
        }
    }

    @Test
    void aPictureWithoutANumberHasNone() {
        assertThat(NumberedPicture.read(I420Frame.black(160, 120))).isEmpty();
    }

    @Test
    void aToneIsAlmostAllOfItsOwnPitchAndNothingOfAnother() {
        Tone tone = new Tone(1_000);
        tone.next();
        AudioChunk chunk = tone.next();

        assertThat(Tone.share(chunk, 1_000)).isGreaterThan(0.95);
        assertThat(Tone.share(chunk, 400)).isLessThan(0.1);
        assertThat(chunk.frames()).isEqualTo(480);
    }

    @Test
    void aCopyOutlivesItsFrame() {
        I420Frame frame = NumberedPicture.draw(161, 121, 7, 0);
        I420Frame copy = frame.copy();
        for (int i = 0; i < frame.y().capacity(); i++) {
            frame.y().put(i, (byte) 0);
        }

        assertThat(NumberedPicture.read(copy)).hasValue(7);
        assertThat(NumberedPicture.read(frame)).isEmpty();
    }
}
