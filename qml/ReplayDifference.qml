// SPDX-License-Identifier: MIT
import AwesomeChat

/*!
    The DifferenceView of a Replay: the answer where it ended, and the one that was expected.
*/
DifferenceView {
    id: root

    /*! What has ended. */
    required property Replay replay

    objectName: "difference"
    hasExpected: replay.hasExpected
    expected: replay.expected
    expectedIsBinary: replay.expectedIsBinary
    hasReceived: replay.hasReceived
    received: replay.received
    receivedIsBinary: replay.receivedIsBinary
    place: qsTr("line %L1").arg(replay.differenceLine)
}
