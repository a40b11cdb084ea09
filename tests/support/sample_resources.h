#pragma once
// A resources folder with two tiny models under the names the window starts with, so that tests of the window
// need neither trained models nor time.

#include "core/engine/catalogue.h"

#include <QTemporaryDir>

namespace headlight::test {

/// models/sentiment is tests/golden/bert_seqcls (3 layers × 4 heads, 80 positions) with a vocabulary of its
/// own; models/shapes is tests/golden/vit_cls (32×32 pixels); three texts and two pictures as examples.
class SampleResources {
public:
    SampleResources();
    Resources resources() const;
    QString path(const QString& relative) const { return m_folder.filePath(relative); }

private:
    void makeTextModel();
    void makeImageModel();
    void write(const QString& relative, const QByteArray& content);
    void copy(const QString& source, const QString& relative);

    QTemporaryDir m_folder;
};

} // namespace headlight::test
