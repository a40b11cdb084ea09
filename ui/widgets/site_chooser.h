#pragma once
// "Encoder | Decoder | Cross": where in the model the maps are from. Hidden for models with one such place.

#include "ui/session/sites.h"

#include <QWidget>

namespace headlight::ui {

class SegmentedBar;
class Session;

class SiteChooser : public QWidget {
    Q_OBJECT
public:
    explicit SiteChooser(Session& session, QWidget* parent = nullptr);

private:
    void showResult();
    void showSelection();
    void choose(const QString& id);

    Session& m_session;
    SegmentedBar* m_bar;
    std::vector<SiteGroup> m_sites;
};

} // namespace headlight::ui
