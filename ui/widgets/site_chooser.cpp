// Implements site_chooser.h.

#include "ui/widgets/site_chooser.h"

#include "ui/session/session.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/segmented_bar.h"

namespace headlight::ui {

SiteChooser::SiteChooser(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_bar(new SegmentedBar(this))
{
    m_bar->setAccessibleName(tr("Site of attention"));
    auto* layout = row(0);
    layout->addWidget(m_bar);
    layout->addStretch();
    setLayout(layout);
    connect(m_bar, &SegmentedBar::chosen, this, &SiteChooser::choose);
    connect(&session, &Session::resultChanged, this, &SiteChooser::showResult);
    connect(&session, &Session::selectionChanged, this, &SiteChooser::showSelection);
    showResult();
}

void SiteChooser::showResult()
{
    const auto& result = m_session.result();
    std::vector<SiteGroup> sites = result ? sitesOf(*result) : std::vector<SiteGroup>();
    if (sites != m_sites) {
        m_sites = std::move(sites);
        QList<SegmentedBar::Segment> segments;
        for (const SiteGroup& site : m_sites)
            segments.append({ id(site), title(site), summary(site) });
        m_bar->setSegments(segments);
    }
    setVisible(m_sites.size() > 1);
    showSelection();
}

void SiteChooser::showSelection()
{
    m_bar->setCurrent(id(SiteGroup::of(m_session.selection())));
}

void SiteChooser::choose(const QString& chosen)
{
    const auto& result = m_session.result();
    if (const auto site = result ? siteFromId(*result, chosen) : std::nullopt)
        m_session.setSelection(atSite(m_session.selection(), *site, *result));
}

} // namespace headlight::ui
